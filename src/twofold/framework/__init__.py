# SPDX-License-Identifier: Apache-2.0
"""HTTP as the recipes know it: a request to read, a response to fill. The web frameworks are one sub-package each."""

from .request import BaseRequest
from .response import BaseResponse

__all__ = ["BaseRequest", "BaseResponse"]
