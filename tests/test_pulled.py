"""What a stopped pull leaves: it goes on from it where it is its own, and refuses it where it is not."""

import json

import pytest

from annotations.pulled import Pulled, Request
from infer.schema import InputError

REQUEST = Request("http://h/", 3, 1, None)


def task(id: int, changed: str = "a", **data) -> dict:
    return {"id": id, "data": {"doc_id": f"t-{id}"} | data, "updated_at": changed, "annotations": []}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export.json.pull"


def begun(path, *tasks: dict) -> None:
    with Pulled.begin(path, REQUEST, "2024-01-01T00:00:00+00:00") as pulled:
        pulled.add(tasks)


def test_nothing_is_resumed_where_nothing_was_begun(path):
    assert Pulled.resume(path, REQUEST) is None


def test_what_came_is_there_again_in_order_whatever_is_in_it(path):
    tasks = [task(9), task(4, text="\ud83d é \u2028 \r\n 😀"), task(7)]
    begun(path, *tasks)
    with Pulled.resume(path, REQUEST) as pulled:
        assert list(pulled) == [tasks[1], tasks[2], tasks[0]]
        assert (pulled.last, pulled.ids, len(pulled)) == (9, {4, 7, 9}, 3)
        assert pulled.since == "2024-01-01T00:00:00+00:00"


def test_a_changed_task_takes_the_place_of_the_old_and_one_that_is_gone_is_gone(path):
    begun(path, task(4), task(7))
    with Pulled.resume(path, REQUEST) as pulled:
        assert pulled.add([task(4), task(7, "b", text="new"), task(9)]) == 2
        pulled.drop([4])
        assert list(pulled) == [task(7, "b", text="new"), task(9)]
    with Pulled.resume(path, REQUEST) as pulled:
        assert list(pulled) == [task(7, "b", text="new"), task(9)] and pulled.last == 9
        assert pulled.add([task(4)]) == 1 and list(pulled)[0] == task(4)


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_half_a_line_of_a_pull_that_was_killed_is_cut_off(path, cut):
    begun(path, task(4), task(7))
    path.write_bytes(path.read_bytes()[:-cut])
    with Pulled.resume(path, REQUEST) as pulled:
        assert list(pulled) == [task(4)]
        pulled.add([task(8)])
    with Pulled.resume(path, REQUEST) as pulled:
        assert list(pulled) == [task(4), task(8)]


@pytest.mark.parametrize(
    "other, line",
    [
        (Request("http://g/", 3, 1, None), "(--url http://h/)"),
        (Request("http://h/", 4, 1, None), "(--project 3)"),
        (Request("http://h/", 3, 2, None), "(the token of user 1)"),
        (Request("http://h/", 4, 1, "7"), "(--project 3, no --prefer)"),
    ],
)
def test_another_pull_is_refused_with_what_to_type_for_it(path, other, line):
    begun(path, task(4))
    with pytest.raises(InputError) as error:
        Pulled.resume(path, other)
    assert f"is the beginning of another pull; go on with it {line}, or add --anew" in str(error.value)


def test_whom_it_preferred_is_told(path):
    Pulled.begin(path, Request("http://h/", 3, 1, "7"), None)
    with pytest.raises(InputError, match=r"\(--prefer 7\)"):
        Pulled.resume(path, REQUEST)


@pytest.mark.parametrize(
    "content", ["", "notes of mine\n", "[]\n", "{}\n", '{"pulling": {}, "since": null}\n']
)
def test_another_file_is_refused_and_left_as_it_is(path, content):
    path.write_text(content)
    with pytest.raises(InputError, match="is not the beginning of a pull; move it away"):
        Pulled.resume(path, REQUEST)
    assert path.read_text() == content


@pytest.mark.parametrize("line", ["{", "[]", json.dumps({"id": None}), json.dumps({"id": 5, "data": {}})])
def test_a_broken_line_is_refused(path, line):
    begun(path, task(4))
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(InputError, match="line 3 is broken; add --anew"):
        Pulled.resume(path, REQUEST)
