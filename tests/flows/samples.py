# SPDX-License-Identifier: Apache-2.0
"""The samples of the incumbent's guides, run as their readers copy them.

`seeds/` holds one sample per file, in a folder per guide, as it stands there: only the indentation, which the texts
lost, is put back. A sample is run with the root of its imports renamed, and with what its reader is to fill in: the
placeholders below, and nothing else.
"""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from twofold.recipe import emailpassword, passwordless, session, userroles
from twofold.recipe._base import RecipeInit

SEEDS = Path(__file__).parent / "seeds"
ROOT = "supertokens_python"
API, WEBSITE = "http://localhost:8000", "http://localhost:3000"
Placeholders = Mapping[str, str]

# What "..." and "" stand for, guide by guide.
OTP: Placeholders = {
    'app_name="..."': 'app_name="Shop"',
    'api_domain="..."': f'api_domain="{API}"',
    'website_domain="..."': f'website_domain="{WEBSITE}"',
    'connection_uri="..."': "connection_uri=database",
    'framework="..."': 'framework="fastapi"',
    # The samples name the recipes that the page adds, its text those that are there already.
    "recipe_list=[": "recipe_list=[*recipes_before,",
}
SECOND_FACTOR: Placeholders = {
    'app_name=""': 'app_name="Shop"',
    'api_domain=""': f'api_domain="{API}"',
    'website_domain=""': f'website_domain="{WEBSITE}"',
    'api_base_path=""': 'api_base_path="/auth"',
    'website_base_path=""': 'website_base_path="/auth"',
    'connection_uri=""': "connection_uri=database",
    # Only a core elsewhere has a key.
    'api_key="^{coreInfo.key}"': "api_key=None",
    # The text: "contains the override from the previous step".
    "session.init(),": "session.init(override=session.InputOverrideConfig(functions=session_override)),",
    # The Python samples define this override and leave open where it goes; those in TypeScript show it.
    "contact_config=ContactPhoneOnlyConfig()": (
        "contact_config=ContactPhoneOnlyConfig(), override=passwordless.InputOverrideConfig(apis=code_override)"
    ),
}
FIRST_FACTOR: Placeholders = {
    "<YOUR_APP_NAME>": "Shop",
    "<YOUR_API_DOMAIN>": API,
    "<YOUR_WEBSITE_DOMAIN>": WEBSITE,
    'connection_uri=""': "connection_uri=database",
    'api_key=""': "api_key=None",
}
# The text ends before the last line of the last sample.
CUT_OFF: Placeholders = {
    "original_implementation.create_code_post = create_code_post": (
        "original_implementation.create_code_post = create_code_post\n    return original_implementation"
    )
}


def run_sample(
    name: str, placeholders: Placeholders | None = None, given: Mapping[str, Any] | None = None, root: str = "twofold"
) -> Any:
    """Run a sample, and return it as a module.

    Args:
        name: Guide and sample, as `guide/sample`.
        placeholders: What the reader fills in; each must be there.
        given: Names that the filled-in text uses.
        root: What `supertokens_python` is renamed to.
    """
    path = SEEDS / f"{name}.txt"
    text = path.read_text()
    for placeholder, filled_in in (placeholders or {}).items():
        assert placeholder in text, f"{name} has no {placeholder}"
        text = text.replace(placeholder, filled_in)
    module = ModuleType(path.stem)
    text = text.replace(ROOT, root)
    vars(module).update(given or {})
    exec(compile(text, path, "exec"), vars(module))  # samples are programs
    return module


def otp_for_specific_users(name: str, database: str, root: str = "twofold") -> Any:
    """Start a sample of "OTP for specific users", beside the recipes that its page's text takes for granted."""
    before: list[RecipeInit] = [session.init(), emailpassword.init()]
    if name.startswith("admins"):
        before.append(userroles.init())
    if name == "admins":
        contact = passwordless.ContactEmailOnlyConfig()
        before.append(passwordless.init(contact_config=contact, flow_type="USER_INPUT_CODE"))
    given = {"database": database, "recipes_before": before}
    return run_sample(f"otp_for_specific_users/{name}", OTP, given, root)
