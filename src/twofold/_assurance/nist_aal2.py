# SPDX-License-Identifier: Apache-2.0
"""NIST SP 800-63B-4 (July 2025), Authentication Assurance Level 2. Sections 2.2, 3, 4 and 5, in our words."""

from .rules import GIVEN, NO_TRUSTED_DEVICES, WITH_SECOND_FACTOR, Limit, Profile, Rule, Status, listed, totp_timing

_A_DAY_MS = 86_400_000
_A_MONTH_SECONDS = 30 * 86_400

_AUTHENTICATION = (
    Rule(
        "2.2.1",
        "two factors, one of them something that the user has, or an authenticator that needs two itself",
        "Added to whatever the policy answers: a password (or a provider) and one of `totp`, `otp-phone`, `webauthn`;"
        " or a passkey alone, which verifies its user. A recovery code, a look-up secret, is something one has. Nothing"
        " stands in for either.",
        (WITH_SECOND_FACTOR,),
    ),
    Rule(
        "2.2.2",
        "an authenticator that resists phishing is offered, and one that resists replay is used",
        "Passkeys must be among the recipes.",
        (listed("webauthn.init()"),),
    ),
    Rule(
        "2.2.2",
        "federal agencies use cryptography that is validated by FIPS 140",
        "Python's OpenSSL may be a validated build; Argon2id is no approved algorithm.",
        status=Status.NOT_MET,
    ),
    Rule(
        "2.2.3",
        "signing in anew after 24 hours at most, and after an hour without activity",
        "Sessions end, however often they are refreshed; each request asks the core whether its session still lives.",
        (
            Limit("session_absolute_lifetime", least=1, most=1440, default=1440),
            Limit("refresh_token_validity", most=60, default=60),
            Limit("access_token_validity", most=1800, default=900),
        ),
    ),
    Rule(
        "2.4",
        "security and privacy controls, retention of records, redress, for the organisation",
        "Of the organisation, not of its software; `audit_retention_days` is the period of our records.",
        status=Status.APPLICATION,
    ),
)

_AUTHENTICATORS = (
    Rule(
        "3.1.1.2",
        "passwords of 8 characters at least where they are one of two factors, 64 allowed, no rules of composition, no"
        " periodic change, compared whole with a blocklist",
        "Our rules come before those that the application gives the field. 8, not 15: a password alone opens nothing.",
    ),
    Rule(
        "3.1.1.2",
        "passwords are hashed whole, with a salt and at a cost",
        "Argon2id at what OWASP advises. bcrypt would cut passwords at 72 bytes.",
        (
            Limit("password_hashing_alg", only=("ARGON2",)),
            Limit("argon2_memory_kb", least=19_456),
            Limit("argon2_iterations", least=2),
        ),
    ),
    Rule(
        "3.1.1.2",
        "the blocklist has what is likely to be guessed first, and compromised passwords force a change",
        "Ours is short: the commonest, runs, repetitions. Ask a list of breached passwords in the field's `validate`.",
        status=Status.APPLICATION,
    ),
    Rule(
        "3.1.2.2",
        "look-up secrets are used once, hashed slowly with a salt, and tries are limited",
        "Recovery codes: 80 random bits, Argon2id; ten wrong ones in a row close the way for a while.",
    ),
    Rule(
        "3.1.3.1",
        "e-mail is no channel for out-of-band authentication",
        "`otp-email` and `link-email` never count as one of the two factors; no more does `link-phone`, as nothing"
        " carries its secret back into the session that asked for it.",
    ),
    Rule(
        "3.1.3.2",
        "codes that are sent have six random digits at least, live ten minutes at most and are accepted once; a new one"
        " gives no new tries",
        "An application that makes codes of its own is refused.",
        (
            Limit("passwordless_code_lifetime", most=600_000),
            Limit("passwordless.init(get_custom_user_input_code)", only=(None,), mend="Leave it out."),
        ),
    ),
    Rule(
        "3.1.3.3",
        "text messages are restricted: there must be another way for everybody",
        "Passkeys, which 2.2.2 makes you offer.",
    ),
    Rule(
        "3.1.3.3",
        "signs of a swapped SIM are looked for, users are warned of bad coverage",
        "Known to the provider of messages and to the application.",
        status=Status.APPLICATION,
    ),
    Rule(
        "3.1.4.1",
        "authenticator apps have keys of 112 bits or more, and another code every two minutes at least",
        "160 bits; 30 seconds.",
        totp_timing("period", 1, 120),
    ),
    Rule(
        "3.1.4.2",
        "their codes have a defined lifetime and are accepted once; tries are limited",
        "One step before and after the current one, for clocks that differ.",
        (*totp_timing("skew", 0, 1), Limit("totp_max_attempts", most=100)),
    ),
    Rule(
        "3.1.6.2",
        "challenges for keys are random, and used once",
        "256 random bits, used up by the statement that checks them.",
    ),
    Rule(
        "3.1.7",
        "a key counts as two factors only if it verifies its user each time",
        "Passkeys are asked with `userVerification: required`, and refused without.",
    ),
)

_GENERAL = (
    Rule(
        "3.2.1",
        "lost authenticators can be invalidated at once",
        "By their user, and by an operator: `twofold users reset-factors`.",
    ),
    Rule(
        "3.2.2",
        "no more than 100 wrong tries in a row are looked at; then the authenticator must be bound anew",
        "So many in a year, of codes, and of passwords from one network and all strange ones together. A new password"
        " by mail, or an operator, begins anew.",
        (
            Limit("guess_budget", most=80),
            Limit("guess_refill_hours", least=480),
            Limit("password_guess_budget", most=10),
            Limit("password_guess_refill_sec", least=_A_MONTH_SECONDS, default=_A_MONTH_SECONDS),
            Limit("password_stranger_budget", most=60, default=60),
            Limit("password_stranger_refill_sec", least=_A_MONTH_SECONDS, default=_A_MONTH_SECONDS),
        ),
    ),
    Rule(
        "3.2.2",
        "the same for recovery codes",
        "They are limited (ten wrong ones in 15 minutes), not disabled: of 80 random bits a year of that finds none.",
        status=Status.NOT_MET,
    ),
    Rule("3.2.5", "what a false site is told opens nothing at the right one", "Passkeys are bound to their origin."),
    Rule(
        "3.2.7", "what was overheard opens nothing again", "Codes, steps and challenges are used up by one statement."
    ),
    Rule(
        "3.2.9",
        "users of restricted authenticators are told of the risks",
        "Where you offer `otp-phone`: our pages do not tell.",
        status=Status.APPLICATION,
    ),
    Rule("3.2.12", "secrets come from a random generator that is fit for it", "The operating system's."),
)

_LIFE = (
    Rule(
        "4.1",
        "a record says what was bound to an account, and when",
        "The audit trail, written in the transaction of the change.",
    ),
    Rule(
        "4.1.2.1",
        "who binds another authenticator has proved the highest level that the account has; several can be bound",
        "A factor of the highest level, given in this session a short time ago. A passkey is linked to another login"
        " in a session only, whatever the linking policy says.",
        (Limit("multifactorauth.init(factor_change_max_age_seconds)", least=1, most=900),),
    ),
    Rule(
        "4.1.2.1",
        "the user is told of a new authenticator",
        "By mail, else by text message, also of one that was changed or removed, through whatever API, page or function"
        " of ours. Of factors of your own, call `tell_of_factor_change`.",
        (
            Limit("notices.init(tells_of_factor_changes)", only=(True,), mend="Leave it out."),
            Limit(
                "notices.init(email_delivery)",
                only=(GIVEN,),
                mend="Give notices.init() in the recipe list a service, for example notices.SMTPService.",
            ),
        ),
    ),
    Rule(
        "4.2.1.1",
        "saved recovery codes have 64 bits or more, are hashed, and are used once",
        "80 bits; they must be offered.",
        (listed("recoverycodes.init()"),),
    ),
    Rule(
        "4.2.1.1",
        "a used code is followed by a new one",
        "The others of the set stay; our pages offer a new set.",
        status=Status.IN_PART,
    ),
    Rule(
        "4.2.1.2",
        "what is sent by mail to recover an account, or to prove its address, lives a day at most",
        "Links for passwords and passkeys: one hour. For addresses: a day.",
        (
            Limit("password_reset_token_lifetime", most=_A_DAY_MS),
            Limit("webauthn_recover_account_token_lifetime", most=_A_DAY_MS),
            Limit("email_verification_token_lifetime", most=_A_DAY_MS),
        ),
    ),
    Rule(
        "4.2.2.2",
        "recovering takes a recovery code and another factor, or two codes",
        "A recovery code is something that one has, and never what one knows; a reset mail replaces the password alone."
        " Recovering passkeys by mail is switched off.",
    ),
    Rule("4.2.3", "the user is told of a recovery", "By mail, when a code was used or replaced, and of a reset."),
    Rule(
        "4.6",
        "notices go to every address of the account, and say what to do",
        "All mails of ours do. Two addresses per account are the application's to ask for.",
        status=Status.IN_PART,
    ),
)

_SESSIONS = (
    Rule(
        "5.1",
        "session secrets have 64 random bits or more, end with the session, and replace no authentication",
        "256 bits. A browser that is remembered is no factor: trusted devices are refused, and sessions from before are"
        " asked for what one stood in for.",
        (NO_TRUSTED_DEVICES,),
    ),
    Rule(
        "5.1",
        "requests that change something are not forged by another site",
        "SameSite cookies, or a header that other sites cannot send; `anti_csrf` of `session.init` asks for more.",
        (Limit("session.init(anti_csrf)", only=(None, "VIA_TOKEN", "VIA_CUSTOM_HEADER"), mend="Leave it out."),),
    ),
    Rule(
        "5.1.1",
        "session cookies are sent over HTTPS only, and kept from scripts",
        "A developer's own machine aside.",
        (
            Limit(
                "session.init(cookie_secure)",
                only=(True,),
                mend="Give an api_domain that begins with https:// and leave it out.",
            ),
        ),
    ),
    Rule("5.2", "a session that is over is terminated", "By the core; no request of it passes."),
    Rule("5.1", "TLS on every way, and no way back from it", "Your servers'.", status=Status.APPLICATION),
)

NIST_AAL2 = Profile(
    "nist-aal2",
    "NIST SP 800-63B-4, AAL2",
    "AAL2",
    (*_AUTHENTICATION, *_AUTHENTICATORS, *_GENERAL, *_LIFE, *_SESSIONS),
)
