# SPDX-License-Identifier: Apache-2.0
"""Account linking: several ways in for one person."""

from application import PASSWORD, World, new_address
from checks import holds, same
from story_people import new_person
from supertokens_python.asyncio import delete_user, get_user
from supertokens_python.recipe.accountlinking.asyncio import (
    can_create_primary_user,
    can_link_accounts,
    create_primary_user,
    create_primary_user_id_or_link_accounts,
    is_email_change_allowed,
    is_sign_up_allowed,
    link_accounts,
    unlink_account,
)
from supertokens_python.recipe.accountlinking.types import AccountInfoWithRecipeId
from supertokens_python.recipe.emailpassword.asyncio import sign_in
from supertokens_python.recipe.passwordless.asyncio import signinup
from supertokens_python.recipe.session.asyncio import (
    create_new_session_without_request_response,
    get_all_session_handles_for_user,
)


async def linking_and_unlinking(_: World) -> None:
    """A primary user takes up another login method, and gives it back."""
    person, email = await new_person(), new_address()
    own = person.login_methods[0].recipe_user_id
    other = (await signinup("public", email, None)).user
    theirs = other.login_methods[0].recipe_user_id
    same((await link_accounts(theirs, person.id)).status, "INPUT_USER_IS_NOT_A_PRIMARY_USER", "before it is primary")
    same((await can_create_primary_user(own)).was_already_a_primary_user, False, "it may become primary")

    same((await create_primary_user(own)).user.is_primary_user, True, "primary")

    same((await create_primary_user(own)).was_already_a_primary_user, True, "primary again")
    await create_new_session_without_request_response("public", theirs)
    same((await can_link_accounts(theirs, person.id)).status, "OK", "they may be linked")
    linked = await link_accounts(theirs, person.id)
    same([linked.status, linked.accounts_already_linked], ["OK", False], "linked")
    same((await link_accounts(theirs, person.id)).accounts_already_linked, True, "linked again")
    whole = await get_user(person.id)
    same(len(whole.login_methods), 2, "two login methods")
    holds(email in whole.emails, "both addresses")
    same((await get_user(other.id)).id, person.id, "the other id leads to the person")
    same(await get_all_session_handles_for_user(theirs.get_as_string()), [], "linking ended the other's sessions")
    same((await sign_in("public", person.emails[0], PASSWORD)).user.id, person.id, "signing in")
    unlinked = await unlink_account(theirs)
    same([unlinked.was_linked, unlinked.was_recipe_user_deleted], [True, False], "unlinked")
    same((await get_user(other.id)).id, other.id, "on its own again")
    same((await unlink_account(own)).was_recipe_user_deleted, False, "the primary login method itself")


async def conflicts(_: World) -> None:
    """An address belongs to one primary user."""
    email = new_address()
    first, second = await new_person(), await new_person()
    one = (await signinup("public", email, None)).user.login_methods[0].recipe_user_id
    await create_primary_user(first.login_methods[0].recipe_user_id)
    await create_primary_user(second.login_methods[0].recipe_user_id)
    await link_accounts(one, first.id)

    taken = await link_accounts(one, second.id)

    same(taken.status, "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR", "linked elsewhere")
    same(taken.primary_user_id, first.id, "and it says where")
    again = await create_primary_user(one)
    same(again.status, "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR", "primary while linked")
    same(
        await is_email_change_allowed(second.login_methods[0].recipe_user_id, email, False), False, "taking its address"
    )
    info = AccountInfoWithRecipeId("emailpassword", email=new_address())
    same(await is_sign_up_allowed("public", info, False, None), True, "a new address may sign up")


async def by_policy(_: World) -> None:
    """Without a session the policy links nothing."""
    person = await new_person()
    after = await create_primary_user_id_or_link_accounts("public", person.login_methods[0].recipe_user_id)
    same([after.id, after.is_primary_user], [person.id, False], "left as it was")


async def deleting_one_login_method(_: World) -> None:
    """One login method can go while the person stays."""
    person = await new_person()
    other = (await signinup("public", new_address(), None)).user
    await create_primary_user(person.login_methods[0].recipe_user_id)
    await link_accounts(other.login_methods[0].recipe_user_id, person.id)

    await delete_user(other.id, remove_all_linked_accounts=False)

    same(len((await get_user(person.id)).login_methods), 1, "one is left")
    await delete_user(person.id)
    same(await get_user(person.id), None, "and then nobody")


STORIES = [linking_and_unlinking, conflicts, by_policy, deleting_one_login_method]
