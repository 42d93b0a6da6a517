# SPDX-License-Identifier: Apache-2.0
"""The screens of the genuine npm package `supertokens-auth-react`, as published, in Chromium.

People sign up, sign in and prove more of themselves on the package's own screens, in the application of `js/react/`.
What most applications use is told in FastAPI, Flask and Django; the rest in FastAPI.
"""
