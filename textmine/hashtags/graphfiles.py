"""The hashtag network as GEXF 1.3 and GraphML, for Gephi and other programs that draw networks.

References
----------
GEXF 1.3, https://gexf.net; GraphML, http://graphml.graphdrawing.org.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as Xml

from textmine.errors import InputError
from textmine.hashtags.network import HashtagNetwork, graph_of
from textmine.store import translated_os_errors

_GEXF: Final = "http://gexf.net/1.3"
_NODE_COLUMNS: Final = {"hashtag": "string", "posts": "integer", "community": "integer", "strength": "double"}
_EDGE_COLUMNS: Final = {"posts": "integer", "npmi": "double"}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_network(network: HashtagNetwork, path: str | Path) -> None:
    """Write the network into a file whose name ends in ``.gexf`` or ``.graphml``.

    Nodes have label (the hashtag's usual spelling), hashtag, posts, community (0 for none) and strength; edges have
    posts, npmi and weight (the NPMI). The file is replaced whole or not at all.

    Raises
    ------
    InputError
        The name ends otherwise.
    WorkspaceError
        The disk is full or the folder cannot be written.
    """
    path = Path(path)
    check_network_name(path)
    writer = _write_gexf if path.suffix.lower() == ".gexf" else _write_graphml
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with translated_os_errors(path):
        try:
            writer(network, draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def check_network_name(path: Path) -> None:
    """Refuse a name that says neither format, before anything is computed for it.

    Raises
    ------
    InputError
        The name ends neither in ``.gexf`` nor in ``.graphml``.
    """
    if path.suffix.lower() not in (".gexf", ".graphml"):
        raise InputError("a network is written as .gexf or .graphml; end the name so", path=path)


def _nodes(network: HashtagNetwork) -> list[dict[str, Any]]:
    rows = network.nodes.to_dicts()
    return [row | {"label": _xml(row["spelling"]), "hashtag": _xml(row["hashtag"]), "community": row["community"] or 0}
            for row in rows]  # fmt: skip


def _edges(network: HashtagNetwork) -> list[tuple[int, int, dict[str, Any]]]:
    first, second = network.edges
    return list(zip(first.tolist(), second.tolist(), network.pairs.to_dicts(), strict=True))


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 does not allow."""
    return _NOT_XML.sub("", text)


def _write_gexf(network: HashtagNetwork, path: Path) -> None:
    root = Xml.Element("gexf", {"xmlns": _GEXF, "version": "1.3"})
    meta = Xml.SubElement(root, "meta")
    Xml.SubElement(meta, "creator").text = "textmine"
    Xml.SubElement(meta, "description").text = "Hashtags used together; weight is NPMI"
    graph = Xml.SubElement(root, "graph", {"defaultedgetype": "undirected", "mode": "static"})
    for kind, columns in (("node", _NODE_COLUMNS), ("edge", _EDGE_COLUMNS)):
        attributes = Xml.SubElement(graph, "attributes", {"class": kind, "mode": "static"})
        for name, dtype in columns.items():
            Xml.SubElement(attributes, "attribute", {"id": name, "title": name, "type": dtype})
    nodes = Xml.SubElement(graph, "nodes")
    for number, row in enumerate(_nodes(network)):
        _values(Xml.SubElement(nodes, "node", {"id": str(number), "label": row["label"]}), row, _NODE_COLUMNS)
    edges = Xml.SubElement(graph, "edges")
    for number, (source, target, row) in enumerate(_edges(network)):
        ends = {"id": str(number), "source": str(source), "target": str(target), "weight": repr(row["npmi"])}
        _values(Xml.SubElement(edges, "edge", ends), row, _EDGE_COLUMNS)
    Xml.indent(root)
    Xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _values(parent: Xml.Element, row: dict[str, Any], columns: dict[str, str]) -> None:
    values = Xml.SubElement(parent, "attvalues")
    for name in columns:
        Xml.SubElement(values, "attvalue", {"for": name, "value": str(row[name])})


def _write_graphml(network: HashtagNetwork, path: Path) -> None:
    nodes, edges = _nodes(network), network.pairs.to_dicts()
    graph = graph_of(len(nodes), *network.edges)
    for name in ("label", *_NODE_COLUMNS):
        graph.vs[name] = [row[name] for row in nodes]
    for name in _EDGE_COLUMNS:
        graph.es[name] = [row[name] for row in edges]
    graph.es["weight"] = [row["npmi"] for row in edges]
    graph.write_graphml(str(path))
