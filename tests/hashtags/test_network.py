from math import log

import igraph
import networkx as nx
import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from textmine.errors import InputError
from textmine.hashtags import hashtag_network, hashtag_uses, write_network
from textmine.hashtags.layout import network_layout


def communities_rows(*, n_groups=4, size=6, posts=150, mixed=0.05, seed=0):
    """Posts that carry two to four hashtags of one group, and sometimes one of another."""
    draw = np.random.default_rng(seed)
    rows = []
    for group in range(n_groups):
        for number in range(posts):
            own = draw.choice(size, int(draw.integers(2, 5)), replace=False)
            tags = [f"G{group}T{tag}" for tag in own]
            if draw.random() < mixed:
                tags.append(f"G{int(draw.integers(n_groups))}T{int(draw.integers(size))}")
            rows.append({"hashtags": tags, "account": f"a{group}{number % 3}", "agency": f"a{group}", "day": number})
    return rows


def test_npmi_is_that_of_the_formula_and_posts_are_counted(posts_of):
    rows = [{"hashtags": ["a", "b"]}] * 6 + [{"hashtags": ["a"]}] * 4 + [{"hashtags": ["c"]}] * 10 + [{}] * 7
    network = hashtag_network(hashtag_uses(posts_of(rows)))
    pair = network.pairs.row(0, named=True)
    expected = log((6 / 20) / ((10 / 20) * (6 / 20))) / -log(6 / 20)
    assert (pair["hashtag"], pair["other"], pair["posts"]) == ("#a", "#b", 6)
    assert pair["npmi"] == pytest.approx(expected)
    assert len(network.pairs) == 1
    assert dict(network.nodes.select("hashtag", "community").iter_rows()) == {"#a": 1, "#b": 1, "#c": None}


def test_chance_and_single_meetings_join_nothing(posts_of):
    rows = [{"hashtags": [*(["a"] if n % 2 else []), *(["b"] if n % 3 else []), "c"]} for n in range(60)]
    rows += [{"hashtags": ["jarang", "sekali"]} for _ in range(2)]
    network = hashtag_network(hashtag_uses(posts_of(rows)), min_posts=2)
    assert ("#a", "#b") not in network.pairs.select("hashtag", "other").rows()
    assert "#jarang" not in network.pairs["hashtag"].to_list()


def test_planted_communities_are_found_whatever_the_order(posts_of):
    posts = posts_of(communities_rows())
    network = hashtag_network(hashtag_uses(posts), seed=1)
    planted = [tag[2] for tag in network.nodes["hashtag"]]
    assert adjusted_rand_score(planted, network.nodes["community"].to_list()) == 1.0
    assert network.modularity > 0.6
    assert network.communities["n_hashtags"].to_list() == [6] * 4
    assert network.communities["agencies"].max() <= 4
    for seed in range(3):
        shuffled = posts[np.random.default_rng(seed).permutation(len(posts))]
        again = hashtag_network(hashtag_uses(shuffled), seed=1)
        assert again.nodes.equals(network.nodes) and again.pairs.equals(network.pairs)
        assert again.communities.equals(network.communities)


def test_modularity_is_that_of_networkx(posts_of):
    network = hashtag_network(hashtag_uses(posts_of(communities_rows(mixed=0.4))))
    graph = nx.Graph()
    graph.add_nodes_from(network.nodes["hashtag"])
    graph.add_weighted_edges_from(network.pairs.select("hashtag", "other", "npmi").iter_rows())
    groups: dict[object, set[str]] = {}
    for hashtag, community in network.nodes.select("hashtag", "community").iter_rows():
        groups.setdefault(hashtag if community is None else community, set()).add(hashtag)
    assert network.modularity == pytest.approx(nx.community.modularity(graph, groups.values(), weight="weight"))


def test_igraph_gets_its_own_generator_back(posts_of):
    import random

    uses = hashtag_uses(posts_of(communities_rows()))
    random.seed(4)
    before = random.getstate()
    hashtag_network(uses)
    assert random.getstate() == before
    graph = igraph.Graph.Erdos_Renyi(20, 0.5)
    assert random.getstate() != before and graph.vcount() == 20


@pytest.mark.parametrize("name", ["jaringan.gexf", "jaringan.graphml"])
def test_the_written_network_is_read_back_by_networkx(posts_of, tmp_path, name):
    rows = [*communities_rows(), *[{"hashtags": ["H<&>\x07\"'", "Élan"]} for _ in range(8)]]
    network = hashtag_network(hashtag_uses(posts_of(rows)))
    write_network(network, tmp_path / name)
    read = (nx.read_gexf if name.endswith("gexf") else nx.read_graphml)(tmp_path / name)
    key = "hashtag"
    named = {node: data[key] for node, data in read.nodes(data=True)}
    wanted = {row["hashtag"].replace("\x07", ""): row for row in network.nodes.iter_rows(named=True)}
    assert set(named.values()) == set(wanted)
    for node, data in read.nodes(data=True):
        row = wanted[named[node]]
        assert data["label"] == row["spelling"].replace("\x07", "")
        assert (int(data["posts"]), int(data["community"])) == (row["posts"], row["community"] or 0)
    weights = {frozenset((named[a], named[b])): d for a, b, d in read.edges(data=True)}
    assert len(weights) == len(network.pairs)
    for row in network.pairs.iter_rows(named=True):
        data = weights[frozenset((row["hashtag"].replace("\x07", ""), row["other"].replace("\x07", "")))]
        assert float(data["weight"]) == pytest.approx(row["npmi"]) and int(data["posts"]) == row["posts"]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_gexf_says_its_version_and_holds_to_its_names(posts_of, tmp_path):
    from xml.etree import ElementTree

    write_network(hashtag_network(hashtag_uses(posts_of(communities_rows()))), tmp_path / "n.gexf")
    root = ElementTree.parse(tmp_path / "n.gexf").getroot()
    space = "{http://gexf.net/1.3}"
    assert root.tag == f"{space}gexf" and root.get("version") == "1.3"
    graph = root.find(f"{space}graph")
    assert graph is not None and graph.get("defaultedgetype") == "undirected"
    declared = {(a.get("class"), b.get("id")) for a in graph.iter(f"{space}attributes") for b in a}
    for kind in ("node", "edge"):
        used = {(kind, v.get("for")) for e in graph.iter(space + kind) for v in e.iter(f"{space}attvalue")}
        assert used and used <= declared
    ids = {node.get("id") for node in graph.iter(f"{space}node")}
    assert all({edge.get("source"), edge.get("target")} <= ids for edge in graph.iter(f"{space}edge"))


def test_igraph_reads_the_graphml_and_other_names_are_refused(posts_of, tmp_path):
    network = hashtag_network(hashtag_uses(posts_of(communities_rows())))
    write_network(network, tmp_path / "n.graphml")
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "n.graphml"))
    assert (graph.vcount(), graph.ecount()) == (len(network.nodes), len(network.pairs))
    with pytest.raises(InputError, match="written as"):
        write_network(network, tmp_path / "n.png")


def test_a_network_without_hashtags_can_be_written_and_drawn(posts_of, tmp_path):
    from textmine.report.networkchart import network_picture

    network = hashtag_network(hashtag_uses(posts_of([{}, {}])))
    assert np.isnan(network.modularity)
    for name in ("leer.gexf", "leer.graphml"):
        write_network(network, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0
    assert network_picture(network).nodes == ()


def overlaps(corners, boxes):
    left, right = corners, corners + boxes
    apart = (right[:, None] <= left[None] + 1e-6) | (right[None] <= left[:, None] + 1e-6)
    hit = ~apart.any(axis=2)
    return int(np.triu(hit, 1).sum())


@pytest.mark.parametrize("n_nodes", [1, 2, 30, 60])
def test_no_label_lies_on_another(n_nodes):
    draw = np.random.default_rng(n_nodes)
    first, second = draw.integers(0, n_nodes, (2, 2 * n_nodes))
    boxes = np.column_stack([draw.uniform(60, 240, n_nodes), draw.uniform(20, 40, n_nodes)])
    community = draw.integers(1, 6, n_nodes)
    weight = draw.random(2 * n_nodes)
    corners, again = (network_layout(first, second, weight, community, boxes, width=900, seed=2) for _ in range(2))
    assert overlaps(corners, boxes) == 0
    assert (again == corners).all() and corners.min() >= 0
    assert (corners + boxes)[:, 0].max() <= 900 + 1e-6


def test_the_picture_is_the_same_each_time_and_numbers_every_shape(posts_of):
    from textmine.report.networkchart import network_picture

    network = hashtag_network(hashtag_uses(posts_of(communities_rows())))
    picture = network_picture(network)
    assert picture == network_picture(network)
    assert {node.badge for node in picture.nodes} == {"1", "2", "3", "4"}
    assert len({(node.badge, node.shape) for node in picture.nodes}) == 4
    assert picture.hidden == 0 and len(picture.nodes) == 24
    assert all(0 < node.x < picture.width and 0 < node.y < picture.height for node in picture.nodes)
    few = network_picture(network, n_nodes=10)
    assert (len(few.nodes), few.hidden) == (10, 14)
    busiest = network.nodes.head(10)["posts"].to_list()
    assert sorted((node.posts for node in few.nodes), reverse=True) == busiest
    assert pl.Series([node.radius for node in few.nodes]).min() >= 9
