# SPDX-License-Identifier: Apache-2.0
"""Serves Harbour Notes: `python -m examples.django_app`."""

import os

from django.core.management import execute_from_command_line

from examples.harbour_notes import policy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.django_app.settings")
PORT = os.environ.get("PORT", "8000")

print(policy.WHAT_TO_TRY.format(address=f"http://localhost:{PORT}", admin=policy.ADMIN_EMAIL), flush=True)
execute_from_command_line(["manage.py", "runserver", f"127.0.0.1:{PORT}", "--noreload"])
