# SPDX-License-Identifier: Apache-2.0
"""kill -9 at a chosen moment; at random ones: test_crash.py."""
import rig


def test_a_job_that_ran_when_the_server_was_killed_runs_again(make_server):
    server = make_server()
    job = server.submit("gate:again a coast")
    server.wait_for(job, "PROCESSING")
    server.kill()
    server.start()
    assert server.job(job)["status"] in ("QUEUED", "PROCESSING")
    server.wait_for(job, "PROCESSING")
    server.films.open_gate("again")
    assert server.wait_for(job, "COMPLETED")["error"] is None
    assert [fault for _, fault, _ in server.store.attempts(job)] == [0, 0]
    assert server.store.entries(job) == [(rig.HOLD, 500_000), (rig.CAPTURE, 500_000)]


def test_nothing_half_made_is_left_after_a_kill(make_server):
    import os
    server = make_server()
    job = server.submit("gate:never a coast")
    assert rig.until(lambda: len(server.films.journal("render")) == 1)
    server.kill()
    server.start()
    assert rig.until(lambda: len(server.films.journal("render")) == 2)
    server.cancel(job)
    assert rig.until(lambda: server.films.has_given_up())
    rest = lambda: [os.path.join(folder, name) for folder, _, names in
                    os.walk(f"{server.data}/scratch") for name in names]
    assert rig.until(lambda: not rest()), rest()


def test_a_job_is_given_up_after_many_interruptions(make_server):
    server = make_server()
    job = server.submit("gate:never a coast")
    for _ in range(10):
        server.wait_for(job, "PROCESSING")
        server.kill()
        server.start()
    shown = server.wait_for(job, "FAILED")
    assert "interrupted" in shown["error"]
    assert server.store.balance() == (1_000_000_000, 0, 0)
    server.verify()


def test_two_servers_do_not_share_a_data_folder(make_server):
    server = make_server()
    second = rig.run("serve", "--data", server.data, "--listen", "127.0.0.1:0")
    assert second.returncode == 1
    assert f"process {server.process.pid}" in second.stderr
    assert server.finish("ok a coast")


def test_the_key_is_printed_by_the_first_start_alone(make_server):
    server = make_server()
    first, server.key = server.key, None
    server.stop()
    server.start()
    assert server.key is None
    server.key = first
    server.finish("ok a coast")
    assert server.store.balance()[0] == 1_000_000_000 - 500_000  # and there was no second grant
