# SPDX-License-Identifier: Apache-2.0
"""What people call a browser that says `Mozilla/5.0 (X11; Linux x86_64) … Chrome/140.0 Safari/537.36`."""

from twofold.ui.visit import Visit

# The first that is found counts: most browsers claim to be others, too.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_name(user_agent: str, visit: Visit) -> str:
    """Return browser and system of a `User-Agent`, as far as they have names that people know."""
    browser = next((name for word, name in _BROWSERS.items() if f"{word}/" in user_agent), None)
    system = next((name for word, name in _SYSTEMS.items() if word in user_agent), None)
    if browser is not None and system is not None:
        return visit.text("settings.browser_on", browser=browser, system=system)
    return browser or system or visit.text("settings.unknown_device")
