# SPDX-License-Identifier: Apache-2.0
"""Django, sync and async: `MIDDLEWARE = [..., "twofold.framework.django.django_middleware.middleware"]`."""
