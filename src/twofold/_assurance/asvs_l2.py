# SPDX-License-Identifier: Apache-2.0
"""OWASP ASVS 5.0.0, chapters V6 (authentication) and V7 (sessions), levels 1 and 2, in our words."""

from .rules import NO_TRUSTED_DEVICES, WITH_SECOND_FACTOR, Limit, Profile, Rule, Status, totp_timing

_A_MONTH_MINUTES = 30 * 1440

_PASSWORDS = (
    Rule(
        "6.1.1",
        "documents say how guessing is limited, and how owners are not locked out by it",
        "[Security](security.md#guessing), and the settings of the core.",
    ),
    Rule("6.1.2", "a list of words of your own that no password may be", "Yours to write.", status=Status.APPLICATION),
    Rule(
        "6.1.3",
        "every way in is documented, with its strength",
        "A test lists every route of ours, and what each needs; your own routes are yours.",
    ),
    Rule("6.2.1", "passwords have 8 characters at least", "Before the rules that the application gives the field."),
    Rule("6.2.2", "users can change their password", "On our pages, and by mail."),
    Rule("6.2.3", "to change it takes the one of before", "Our page asks for it; in routes of your own, ask for it."),
    Rule(
        "6.2.4",
        "the 3,000 commonest passwords are refused",
        "Ours are some 270, runs and repetitions. Ask a longer list in the field's `validate`.",
        status=Status.IN_PART,
    ),
    Rule("6.2.5", "no rules of composition", "Of ours; a `validate` of yours must have none."),
    Rule("6.2.6", "password fields are masked", "On our pages."),
    Rule("6.2.7", "pasting and password managers are allowed", "On our pages."),
    Rule(
        "6.2.8",
        "passwords are compared as they were typed, whole",
        "bcrypt would cut them at 72 bytes.",
        (Limit("password_hashing_alg", only=("ARGON2",)),),
    ),
    Rule("6.2.9", "64 characters are allowed", "99 are."),
    Rule("6.2.10", "passwords do not expire", "They do not."),
    Rule(
        "6.2.11",
        "words of your own list are refused",
        "In the field's `validate`: the list is yours.",
        status=Status.APPLICATION,
    ),
    Rule(
        "6.2.12",
        "breached passwords are refused",
        "Nothing is asked of others unless you do: in the field's `validate`.",
        status=Status.APPLICATION,
    ),
)

_FACTORS = (
    Rule("6.3.1", "guessing and stuffing of credentials are limited as documented", "Budgets per account and network."),
    Rule("6.3.2", "there are no default accounts", "None is made."),
    Rule(
        "6.3.3",
        "several factors, or one that is several, are asked of everybody",
        "Added to whatever the policy answers: a second factor on another channel than the first, or a passkey, which"
        " verifies its user. Passwords, which a mail replaces, and codes by mail are one channel; recovery codes are"
        " another. Trusted devices would relax it.",
        (
            WITH_SECOND_FACTOR,
            NO_TRUSTED_DEVICES,
        ),
    ),
    Rule(
        "6.3.4",
        "no way in is undocumented, and all ask for the same",
        "A new route fails the build until it is placed.",
    ),
    Rule("6.4.1", "initial passwords are random and short-lived", "There are none.", status=Status.NOTHING_TO_DO),
    Rule("6.4.2", "no hints and no secret questions", "There are none.", status=Status.NOTHING_TO_DO),
    Rule(
        "6.4.3",
        "resetting a password does not pass by the second factor",
        "It is asked for after it. Recovering passkeys by mail is switched off.",
    ),
    Rule(
        "6.4.4",
        "who lost a factor is identified as well as when they enrolled",
        "A recovery code, or an operator who gives a reason; what the operator looks at is yours to say.",
        status=Status.IN_PART,
    ),
    Rule("6.5.1", "recovery codes, codes that are sent and those of apps are accepted once", "By one statement."),
    Rule("6.5.2", "recovery codes of less than 112 bits are hashed slowly, with a salt", "Argon2id."),
    Rule(
        "6.5.3",
        "codes and seeds come from a random generator that is fit for it",
        "The operating system's. An application that makes codes of its own is refused.",
        (Limit("passwordless.init(get_custom_user_input_code)", only=(None,), mend="Leave it out."),),
    ),
    Rule("6.5.4", "they have 20 bits at least", "Six digits, or 80 bits."),
    Rule(
        "6.5.5",
        "what is sent lives ten minutes at most, a code of an app 30 seconds",
        "Codes of apps change every 30 seconds; those just before and after are accepted, for clocks that differ."
        " Literally read, the clause needs `default_skew=0`.",
        (
            Limit("passwordless_code_lifetime", most=600_000),
            *totp_timing("period", 1, 30),
            *totp_timing("skew", 0, 1),
        ),
    ),
    Rule(
        "6.6.1",
        "codes by text message only beside a stronger way",
        "Authenticator apps or passkeys must be among the recipes. Our pages do not tell users of the risks.",
        (
            Limit(
                "passwordless.init(contact_config)",
                only=("no phone numbers", "phone numbers beside totp.init() or webauthn.init()"),
                mend="Add totp.init() or webauthn.init() to the recipe list.",
            ),
        ),
        Status.IN_PART,
    ),
    Rule(
        "6.6.2",
        "a code that was sent belongs to the request for which it was made",
        "To its challenge. The core does not know in which session that was begun: outside of it the code does what it"
        " does as a first factor, where it is one; and where our pages change an address or number, an unsigned cookie"
        " names the session.",
        status=Status.IN_PART,
    ),
    Rule(
        "6.6.3",
        "guesses at codes are limited",
        "Per account, over new codes, sessions and nodes.",
        (
            Limit("passwordless_max_code_input_attempts", most=10),
            Limit("guess_budget", most=100),
            Limit("guess_refill_hours", least=24),
            Limit("totp_max_attempts", most=10),
        ),
    ),
    Rule("6.8.1", "no provider can claim the user of another", "A user is the pair of provider and id there."),
    Rule("6.8.2", "unsigned or wrongly signed assertions are refused", "Id tokens are verified."),
    Rule("6.8.3", "SAML assertions are used once", "Twofold has no SAML.", status=Status.NOTHING_TO_DO),
    Rule(
        "6.8.4",
        "how a provider authenticated is asked for, or the least is assumed",
        "The least is assumed: a provider is one factor.",
    ),
)

_SESSIONS = (
    Rule(
        "7.1.1",
        "timeouts are documented, and what differs from NIST's is justified",
        "Under the profile they are NIST's (24 hours, one hour); justify longer ones.",
    ),
    Rule("7.1.2", "how many sessions a user may have is documented", "Any number.", status=Status.APPLICATION),
    Rule("7.1.3", "systems of a federation are documented", "Yours.", status=Status.APPLICATION),
    Rule("7.2.1", "the back end verifies session tokens", "`verify_session`."),
    Rule("7.2.2", "session tokens are made for each session", "They are."),
    Rule("7.2.3", "reference tokens have 128 random bits", "Refresh tokens have 256."),
    Rule(
        "7.2.4",
        "signing in makes new tokens and ends those of before",
        "A sign-in makes a session. A factor that is given again renews the access token and keeps the session.",
        status=Status.IN_PART,
    ),
    Rule(
        "7.3.1",
        "sessions end when they are idle",
        "After an hour unless you say otherwise.",
        (
            Limit("refresh_token_validity", most=_A_MONTH_MINUTES, default=60),
            Limit("access_token_validity", most=1800, default=900),
        ),
    ),
    Rule(
        "7.3.2",
        "sessions end for good after some time",
        "After a day unless you say otherwise.",
        (Limit("session_absolute_lifetime", least=1, most=_A_MONTH_MINUTES, default=1440),),
    ),
    Rule(
        "7.4.1",
        "a session that was ended is over at once",
        "Each request asks the core; without the profile an access token works until it expires.",
    ),
    Rule("7.4.2", "deleting a user ends their sessions", "And no new one begins."),
    Rule("7.4.3", "other sessions can be ended after a change of a factor", "On our pages, and by a new password."),
    Rule("7.4.4", "every page shows the way to sign out", "Ours do.", status=Status.APPLICATION),
    Rule(
        "7.4.5",
        "administrators can end the sessions of a user",
        "In the dashboard and by `revoke_all_sessions_for_user`.",
    ),
    Rule(
        "7.5.1",
        "to change what matters for signing in takes full re-authentication",
        "One factor of the highest level that the user has, given in this session 15 minutes ago at most: not all of"
        " them anew, and not for each change.",
        (Limit("multifactorauth.init(factor_change_max_age_seconds)", least=1, most=900),),
        Status.IN_PART,
    ),
    Rule(
        "7.5.2",
        "users see their sessions, and end them after a fresh proof",
        "On our pages, without another proof: who sees a stranger's session should lose no time.",
        status=Status.IN_PART,
    ),
    Rule("7.6.1", "sessions here and at a provider end as documented", "Yours.", status=Status.APPLICATION),
    Rule(
        "7.6.2", "no session begins without the user's doing", "None begins without credentials or a provider's answer."
    ),
)

ASVS_L2 = Profile("asvs-l2", "OWASP ASVS 5.0.0, V6 and V7, level 2", "ASVS", (*_PASSWORDS, *_FACTORS, *_SESSIONS))
