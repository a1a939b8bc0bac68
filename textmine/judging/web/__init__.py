"""The jury's page: server-rendered, works without a script, and trusts nothing that a browser sends.

The pages parse, call the services of :mod:`textmine.judging` and render; roles and states are checked by the services.
"""

from textmine.judging.extra import require

require("fastapi", "uvicorn", "python_multipart")
