# SPDX-License-Identifier: Apache-2.0
"""How an API is declared, filled, overridden, disabled and answered."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from tests.fake_core import FakeCore, app_on
from twofold._app_info import AppInfo
from twofold.exceptions import BadInputError, GeneralError
from twofold.framework.fastapi import get_middleware
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._api import ApiCall, Parse, Supplied, api, declared_apis
from twofold.recipe._base import PageRoute, Recipe, RecipeInit
from twofold.types.base import UserContext
from twofold.types.config import BaseOverrideConfig
from twofold.types.recipe import BaseAPIInterface, BaseRecipeInterface
from twofold.types.response import APIResponse, GeneralErrorResponse

pytestmark = pytest.mark.without_core


@dataclass
class Ordered(APIResponse):
    """What was ordered."""

    status: ClassVar[Literal["OK"]] = "OK"
    order: list[Any]


class Functions(BaseRecipeInterface):
    """The functions of the shop."""

    async def price(self, item: str) -> int:
        """Return what an item costs."""
        return len(item)


def positive(value: Any) -> int:
    """Read a positive number."""
    if not isinstance(value, int) or value < 1:
        raise BadInputError("Please order at least one")
    return value


async def look_up_customer(call: ApiCall) -> GeneralErrorResponse | None:
    """Fill the supplied parameter, or refuse."""
    if call.arguments["item"] == "weapon":
        return GeneralErrorResponse("Not for sale")
    call.arguments["customer"] = "anna"
    return None


class APIs(BaseAPIInterface):
    """The APIs of the shop."""

    disable_order_post: bool = False
    disable_price_get: bool = False

    def __init__(self, functions: Functions) -> None:
        self.functions = functions

    @api("POST", "/order", prepare=look_up_customer)
    async def order_post(
        self,
        item: str,
        gift_text: str | None,
        amount: Annotated[int, Parse(positive)],
        customer: Annotated[str, Supplied],
        tenant_id: str,
        api_options: str,
        user_context: UserContext,
    ) -> Ordered | GeneralErrorResponse:
        """Order something."""
        return Ordered([item, gift_text, amount, customer, tenant_id, api_options, sorted(user_context)])

    @api("GET", "/price")
    @api("GET", "/old/price")
    async def price_get(self, item: str, user_context: UserContext) -> Ordered:
        """Return a price."""
        return Ordered([await self.functions.price(item)])


class ShopRecipe(Recipe[Functions, APIs]):
    """A recipe that shows what an API can declare."""

    recipe_id = "shop"
    display_name = "Shop"

    def make_functions(self) -> Functions:
        """Make the functions."""
        return Functions()

    def make_apis(self) -> APIs:
        """Make the APIs on the overridden functions."""
        return APIs(self.functions)

    def api_options(self, request: BaseRequest, response: BaseResponse) -> str:
        """Return what the APIs get."""
        return "options"

    def page_routes(self) -> list[PageRoute]:
        """Serve one page, and leave another one to the application."""
        return [PageRoute("GET", "/shop", _page), PageRoute("POST", "/application", _not_mine)]


async def _page(_request: BaseRequest, response: BaseResponse, _user_context: UserContext) -> BaseResponse:
    response.set_html_content("<h1>Shop</h1>")
    return response


async def _not_mine(request: BaseRequest, _response: BaseResponse, _user_context: UserContext) -> None:
    await request.form_data()


def shop(override: BaseOverrideConfig[Functions, APIs] | None = None) -> RecipeInit:
    """Return the recipe's `init` result."""

    def make(app_info: AppInfo, plugins: list[Any]) -> ShopRecipe:
        return ShopRecipe(app_info, override)

    return make


def browser() -> httpx.AsyncClient:
    """Return a client of an application that answers everything else itself, with the body it got."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        await PlainTextResponse(b"application got " + body)(scope, receive, send)

    app = Starlette()
    app.mount("/", application)
    app.add_middleware(get_middleware())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000")


async def test_parameters_are_filled_by_name() -> None:
    """Body members arrive in snake_case, supplied ones from `prepare`, the rest from the request."""
    app_on(FakeCore(), shop())

    async with browser() as client:
        reply = await client.post("/auth/order", json={"item": "tea", "giftText": "hi", "amount": 2})

    assert reply.json() == {"status": "OK", "order": ["tea", "hi", 2, "anna", "public", "options", ["_default"]]}
    assert reply.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"amount": 1}', "Please provide item"),
        ('{"item": 7, "amount": 1}', "item must be a string"),
        ('{"item": "a\\u0000b", "amount": 1}', "item must be a string"),
        ('{"item": "tea", "giftText": [], "amount": 1}', "giftText must be a string"),
        ('{"item": "tea", "amount": 0}', "Please order at least one"),
        ("[1]", "Please provide a JSON body"),
        ("null", "Please provide a JSON body"),
        ("{not json", "Please provide item"),
        ('{"item": "\\ud800"}', "Please provide item"),
        ("[" * 100_000, "Please provide item"),
        ("", "Please provide item"),
    ],
)
async def test_malformed_requests_are_told_what_is_wrong(body: str, message: str) -> None:
    """Whatever the body is, the answer is a 400 with a text, never a 5xx. Unparsable JSON counts as `{}`."""
    app_on(FakeCore(), shop())

    async with browser() as client:
        reply = await client.post("/auth/order", content=body)

    assert (reply.status_code, reply.json()) == (400, {"message": message})


async def test_oversized_body_is_refused() -> None:
    """A body over a megabyte is not read: 413 with a text, whether its size is announced or not."""
    app_on(FakeCore(), shop())

    async def chunks() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    async with browser() as client:
        announced = await client.post("/auth/order", content=b"x" * 1_100_000)
        streamed = await client.post("/auth/order", content=chunks())

    assert (announced.status_code, streamed.status_code) == (413, 413)
    assert announced.json() == {"message": "The request body is too large: the limit is 1048576 bytes"}


async def test_missing_query_parameter_is_named() -> None:
    """A GET reads the query, and says so."""
    app_on(FakeCore(), shop())

    async with browser() as client:
        missing = await client.get("/auth/price")
        first = await client.get("/auth/old/price?item=tea&item=coffee")

    assert missing.json() == {"message": "Please provide the item as a GET param"}
    assert first.json() == {"status": "OK", "order": [3]}


async def test_prepare_may_answer_instead() -> None:
    """What `prepare` returns is the result, and the API is not called."""
    app_on(FakeCore(), shop())

    async with browser() as client:
        reply = await client.post("/auth/order", json={"item": "weapon", "amount": 1})

    assert (reply.status_code, reply.json()) == (200, {"status": "GENERAL_ERROR", "message": "Not for sale"})


@pytest.mark.parametrize(
    ("path", "tenant"),
    [("/auth/order", "public"), ("/auth/order/", "public"), ("/auth/t1/order", "t1"), ("/auth/public/order", "public")],
)
async def test_tenant_segment_is_optional(path: str, tenant: str) -> None:
    """Every API may have a tenant segment before its path; a trailing slash is ignored."""
    app_on(FakeCore(), shop())

    async with browser() as client:
        reply = await client.post(path, json={"item": "tea", "amount": 1})

    assert reply.json()["order"][4] == tenant


@pytest.mark.parametrize("path", ["/authorder", "/auth/a_b/order", "/auth/t1/t2/order", "/AUTH/order", "/order", "/"])
async def test_other_paths_are_the_applications(path: str) -> None:
    """Nothing else is touched: the application gets the request with its body."""
    app_on(FakeCore(), shop())

    async with browser() as client:
        reply = await client.post(path, content=b"body")

    assert reply.text == "application got body"


async def test_overridden_api_is_called_positionally() -> None:
    """An override with names of its own gets every argument in the declared order."""

    def apis(original: APIs) -> APIs:
        async def order_post(a: str, b: Any, c: int, d: str, e: str, f: str, g: UserContext) -> Ordered:
            return Ordered(["overridden", a, b, c, d, e, f, isinstance(g, dict)])

        original.order_post = order_post  # type: ignore[method-assign,assignment]  # as applications do
        return original

    app_on(FakeCore(), shop(BaseOverrideConfig(None, apis)))

    async with browser() as client:
        reply = await client.post("/auth/order", json={"item": "tea", "amount": 1})

    assert reply.json()["order"] == ["overridden", "tea", None, 1, "anna", "public", "options", True]


async def test_apis_are_built_on_overridden_functions() -> None:
    """The original API calls the replaced function."""

    def functions(original: Functions) -> Functions:
        async def price(_item: str) -> int:
            return 99

        original.price = price  # type: ignore[method-assign,assignment]  # as applications do
        return original

    app_on(FakeCore(), shop(BaseOverrideConfig(functions=functions)))

    async with browser() as client:
        reply = await client.get("/auth/price?item=tea")

    assert reply.json()["order"] == [99]


async def test_disabled_api_is_the_applications() -> None:
    """While its flag is set, an API does not exist; switching it back needs no restart."""
    originals: list[APIs] = []

    def apis(original: APIs) -> APIs:
        original.disable_order_post = True
        originals.append(original)
        return original

    app_on(FakeCore(), shop(BaseOverrideConfig(apis=apis)))

    async with browser() as client:
        disabled = await client.post("/auth/order", content=b'{"item": "tea", "amount": 1}')
        originals[0].disable_order_post = False
        enabled = await client.post("/auth/order", content=b'{"item": "tea", "amount": 1}')

    assert disabled.text == 'application got {"item": "tea", "amount": 1}'
    assert enabled.json()["status"] == "OK"


async def test_pages_are_found_by_full_path() -> None:
    """A page may lie anywhere; one that returns None leaves the request, body included, to the application."""
    app_on(FakeCore(), shop())

    async with browser() as client:
        page = await client.get("/shop")
        passed_on = await client.post("/application", content=b"a=1")

    assert page.text == "<h1>Shop</h1>"
    assert passed_on.text == "application got a=1"


def test_every_api_needs_its_flag() -> None:
    """An API that cannot be disabled is a mistake that is found at init."""

    class Forgotten(BaseAPIInterface):
        @api("GET", "/x")
        async def x_get(self, user_context: UserContext) -> None:
            """Do nothing."""

    with pytest.raises(GeneralError, match="must declare `disable_x_get: bool = False`"):
        declared_apis(Forgotten)
