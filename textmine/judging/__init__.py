"""Where the jury decides: panels, judges, scores, tally and minutes.

Needs the extra ``judging``. Services are plain functions in the modules named after their work (``panels``,
``people``, ``conflicts``, ``scoring``, ``dossier``, ``audit``): each takes a session of
:class:`~textmine.judging.database.Database` and an :class:`~textmine.judging.roles.Actor`, and checks the role and
the state of the panel itself.
"""

from textmine.judging.extra import STORAGE, require

require(*STORAGE)
