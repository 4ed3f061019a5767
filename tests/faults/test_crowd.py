"""Is a small limit shared in peace, and does a very large account cost no page too many?"""

from tests.faults.crowd import SHARED, complaints_of_large, large_account, ten_dashboards


async def test_ten_dashboards_share_two_hundred_requests_a_minute() -> None:
    heard, lies, seen, a_minute = await ten_dashboards()

    assert heard[429] == 0
    assert lies == []
    assert seen == [True] * 10
    assert a_minute <= SHARED * 0.9


async def test_a_large_account_is_known_in_the_fewest_pages() -> None:
    """More than search can reach; 5,000 tickets and 500 incidents are tried by `make faults`."""
    tickets, incidents, first, steady = await large_account(1300)

    assert tickets > 1000
    assert complaints_of_large(tickets, incidents, first, steady) == []
