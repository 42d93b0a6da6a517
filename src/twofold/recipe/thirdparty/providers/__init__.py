# SPDX-License-Identifier: Apache-2.0
"""The built-in providers, by the beginning of their id."""

from twofold.recipe.thirdparty.provider import Provider, ProviderInput
from twofold.recipe.thirdparty.provider_http import ProviderHttp

from .active_directory import ActiveDirectoryImpl
from .apple import AppleImpl
from .bitbucket import BitbucketImpl
from .boxy_saml import BoxySAMLImpl
from .custom import GenericProvider, NewProvider
from .discord import DiscordImpl
from .facebook import FacebookImpl
from .github import GithubImpl
from .gitlab import GitlabImpl
from .google import GoogleImpl
from .google_workspaces import GoogleWorkspacesImpl
from .linkedin import LinkedinImpl
from .okta import OktaImpl
from .saml import SAMLProviderImpl
from .twitter import TwitterImpl

# The first that fits counts: google-workspaces is asked before google.
BUILT_IN: tuple[tuple[str, type[GenericProvider]], ...] = (
    ("active-directory", ActiveDirectoryImpl),
    ("apple", AppleImpl),
    ("bitbucket", BitbucketImpl),
    ("discord", DiscordImpl),
    ("facebook", FacebookImpl),
    ("github", GithubImpl),
    ("gitlab", GitlabImpl),
    ("google-workspaces", GoogleWorkspacesImpl),
    ("google", GoogleImpl),
    ("okta", OktaImpl),
    ("linkedin", LinkedinImpl),
    ("twitter", TwitterImpl),
    ("boxy-saml", BoxySAMLImpl),
    ("saml", SAMLProviderImpl),
)


def create_provider(given: ProviderInput, http: ProviderHttp) -> Provider:
    """Make a provider: a built-in one when its id begins with one's name, so that there can be `google-2`."""
    third_party_id = given.config.third_party_id
    base_class = next((kind for prefix, kind in BUILT_IN if third_party_id.startswith(prefix)), GenericProvider)
    return NewProvider(given, base_class, http)
