# SPDX-License-Identifier: Apache-2.0
"""Hands text messages to Twilio, through its REST API (`POST /2010-04-01/Accounts/<sid>/Messages.json`)."""

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from twofold.exceptions import GeneralError
from twofold.ingredients.exceptions import DeliveryError
from twofold.ingredients.smsdelivery.types import SMSContent, TwilioSettings

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 10.0
_OPTIONS = {"base_url", "username", "password", "region", "edge", "status_callback", "timeout_seconds"}

_logger = logging.getLogger("twofold.twilio")


def normalize_twilio_settings(twilio_settings: TwilioSettings) -> TwilioSettings:
    """Return the settings if they name exactly one sender.

    Raises:
        GeneralError: they name none or two, or an option that there is not.
    """
    if (twilio_settings.from_ is None) == (twilio_settings.messaging_service_sid is None):
        raise GeneralError('Please pass exactly one of "from" and "messaging_service_sid" config for twilio_settings.')
    unknown = sorted(set(twilio_settings.opts or {}) - _OPTIONS)
    if unknown:
        raise GeneralError(f"twilio_settings.opts knows {', '.join(sorted(_OPTIONS))}, but not {', '.join(unknown)}")
    return twilio_settings


class TwilioClient:
    """Speaks to Twilio for one account."""

    def __init__(self, settings: TwilioSettings) -> None:
        options = settings.opts or {}
        base_url = str(options.get("base_url") or _base_url(options.get("region"), options.get("edge")))
        self.messages_url = (
            f"{base_url.rstrip('/')}/2010-04-01/Accounts/{quote(settings.account_sid, '')}/Messages.json"
        )
        self.timeout_seconds = float(options.get("timeout_seconds", TIMEOUT_SECONDS))
        self._status_callback = options.get("status_callback")
        self._credentials = (
            str(options.get("username") or settings.account_sid),
            str(options.get("password") or settings.auth_token),
        )

    async def send(self, content: SMSContent, from_: str | None, messaging_service_sid: str | None) -> None:
        """Hand a message over. Tried once: Twilio has no way to tell a second attempt from a second message.

        Raises:
            DeliveryError: Twilio did not take it, or could not be reached.
        """
        # Imported on first use: it is a quarter of our start-up time, and few processes send messages.
        import httpx  # noqa: PLC0415  # see above

        fields = {
            "To": content.to_phone,
            "Body": content.body,
            "From": from_,
            "MessagingServiceSid": messaging_service_sid,
            "StatusCallback": self._status_callback,
        }
        data = {name: value for name, value in fields.items() if value is not None}
        try:
            async with httpx.AsyncClient(timeout=self.timeout_seconds, auth=self._credentials) as client:
                answer = await client.post(self.messages_url, data=data)
        except httpx.HTTPError as error:
            raise _failed(f"Twilio could not be reached: {type(error).__name__}") from error
        if not answer.is_success:
            raise _failed(f"Twilio answered {answer.status_code}: {_reason(answer)}")


def _failed(text: str) -> DeliveryError:
    _logger.warning("%s", text)
    return DeliveryError(text)


def _base_url(region: str | None, edge: str | None) -> str:
    """Twilio's host: `api.<edge>.<region>.twilio.com`; an edge without a region is in the first one, `us1`."""
    parts = ["api", edge, region or ("us1" if edge else None), "twilio", "com"]
    return "https://" + ".".join(part for part in parts if part)


def _reason(answer: "httpx.Response") -> str:
    try:
        json = answer.json()
    except ValueError:
        return "no reason given"
    if not isinstance(json, dict):
        return "no reason given"
    # The message quotes what Twilio dislikes, such as a phone number; never the text that was to be sent.
    return f"{json.get('message', 'no reason given')} (code {json.get('code', 'unknown')})"
