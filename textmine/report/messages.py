"""The words of the reports: English in the code and the templates, other languages from gettext catalogues.

The catalogues are plain ``.po`` files, read when a report is written: a translator edits one text file, and neither a
checkout nor a wheel needs a compiling step.
"""

from __future__ import annotations

import gettext
from importlib.resources import files
from io import BytesIO

from textmine.locales import Language


def translations(language: Language, package: str = "textmine.report") -> gettext.NullTranslations:
    """Messages of one language, for ``gettext``, ``ngettext`` and Jinja's ``i18n`` extension.

    Parameters
    ----------
    language
        ``"id"`` for Bahasa Indonesia, ``"en"`` for English (the language of the message keys).
    package
        Whose folder ``catalogues`` holds the messages.

    Returns
    -------
    gettext.NullTranslations
        A catalogue; a message that it lacks stays English.

    Raises
    ------
    ValueError
        There is no catalogue for ``language``.

    Examples
    --------
    >>> translations("id").gettext("Keywords")
    'Kata kunci'
    """
    if language == "en":
        return gettext.NullTranslations()
    source = files(package) / "catalogues" / f"{language}.po"
    if not source.is_file():
        raise ValueError(f"no messages for language {language!r}; there are 'id' and 'en'")
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
