"""Asks two running halls, a large and a small one, for the same kinds of pages in turns, and prints how long they take.

    bench_corpus.py KIND LARGE SMALL QUESTIONS

LARGE and SMALL name files: LARGE.base holds the server's address, LARGE.json what `cargo xtask corpus` printed.
Every address is asked for once only (`anew=N`), so that no page comes from the cache of pages.
"""

import http.client
import json
import os
import random
import sys
import time
import urllib.parse

KIND, LARGE, SMALL, QUESTIONS = sys.argv[1:]
ROUNDS = int(os.environ.get("ROUNDS", "20"))
# The same order in each run.
random.seed(1)


class Hall:
    """A server, asked over one connection that stays open."""

    def __init__(self, name):
        with open(f"{name}.base", encoding="utf-8") as file:
            self.base = file.read().strip()
        with open(f"{name}.json", encoding="utf-8") as file:
            self.made = json.load(file)
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.base).netloc)
        self.asked = 0
        self.cookie = None

    def ask(self, address, signed_in=False):
        """Milliseconds to the last byte."""
        self.asked += 1
        mark = "&" if "?" in address else "?"
        headers = {"Cookie": self.cookie} if signed_in else {}
        begun = time.perf_counter()
        self.connection.request("GET", f"{address}{mark}anew={self.asked}", headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            sys.exit(f"{self.base}{address}: {answer.status} {body[:200]!r}")
        return took

    def sign_in(self):
        """With one tap, as somebody of the demo."""
        self.connection.request("GET", "/sign-in")
        page = self.connection.getresponse().read().decode()
        person = page.split('name="person"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
        headers = {"Origin": self.base, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", "/sign-in/demo", f"person={person}", headers)
        answer = self.connection.getresponse()
        answer.read()
        self.cookie = answer.getheader("Set-Cookie").split(";", 1)[0]


def at(times, percent):
    """The time that so many percent of all stay within."""
    times = sorted(times)
    return times[min(len(times) - 1, len(times) * percent // 100)]


def line(what, result, aim=""):
    print(f"  {what:<58} {result:>24}   {aim}".rstrip())


def questions():
    with open(QUESTIONS, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    for text in lines:
        if text and not text.startswith("#"):
            words, _, filters = text.partition("\t")
            address = f"/search?q={urllib.parse.quote(words)}"
            yield text, address + (f"&{filters}" if filters else "")


def pages(hall):
    """Name, address in this hall, and whether somebody signed in asks."""
    # The last thread is the one of 50 posts that both halls have.
    common = hall.made["threads"][-1]
    number, middle = common["number"], common["middle"]
    deep = hall.made["list_middle"]
    matter = f"/proposals/{number}"
    for who, signed_in in (("", False), (", signed in", True)):
        yield f"home{who}", "/", signed_in
        yield f"the list{who}", "/proposals", signed_in
        yield f"the list from its middle{who}", f"/proposals?after={deep}", signed_in
        yield f"the list back from its middle{who}", f"/proposals?before={deep}", signed_in
        yield f"a thread of 50{who}", matter, signed_in
        yield f"a thread of 50 by balance{who}", f"{matter}?order=balance", signed_in
        yield f"a thread of 50 from its middle{who}", f"{matter}?before={middle}", signed_in
    for narrowed in (
        "state=cosigning", "state=talking", "state=balloting", "state=doing", "state=done", "state=closed",
        "category=toilets", "place=2", "state=talking&category=dogs&place=3",
    ):
        yield f"the list, {narrowed}", f"/proposals?{narrowed}", False
    yield "my own in the list", "/proposals?mine=1", True


large, small = Hall(LARGE), Hall(SMALL)
for hall in (large, small):
    hall.sign_in()

made = large.made
print(f"\n{KIND}: {made['matters']:,} matters and {made['posts']:,} posts")

asked = list(questions())
took = {text: [] for text, _ in asked}
for number in range(ROUNDS + 1):
    random.shuffle(asked)
    for text, address in asked:
        time_ms = large.ask(address)
        # The first round warms up.
        if number:
            took[text].append(time_ms)
together = [time_ms for times in took.values() for time_ms in times]
line(f"search, {len(asked)} questions, {len(together):,} times: p50", f"{at(together, 50):.1f} ms")
line("p95", f"{at(together, 95):.1f} ms", "aim: under 50 ms")
line("p99", f"{at(together, 99):.1f} ms")
slowest = sorted(took, key=lambda text: -at(took[text], 50))[:5]
for text in slowest:
    line(f"among the slowest: {text.replace(chr(9), ' | ')}", f"{at(took[text], 50):.1f} ms")

# Pages: the large hall's and the small one's take turns.
of_large, of_small = list(pages(large)), list(pages(small))
times = {name: ([], []) for name, _, _ in of_large}
longest = made["threads"][0]
long_matter = f"/proposals/{longest['number']}"
short_matter = f"/proposals/{made['threads'][-1]['number']}"
long_pages = [
    ("opens", long_matter, short_matter),
    ("by balance", f"{long_matter}?order=balance", f"{short_matter}?order=balance"),
    ("from its middle", f"{long_matter}?before={longest['middle']}", short_matter),
]
long_times = {(name, who): ([], []) for name, _, _ in long_pages for who in (False, True)}
for number in range(ROUNDS + 1):
    for (name, address, signed_in), (_, there, _) in zip(of_large, of_small):
        pair = large.ask(address, signed_in), small.ask(there, signed_in)
        if number:
            for some, time_ms in zip(times[name], pair):
                some.append(time_ms)
    for name, address, beside in long_pages:
        for signed_in in (False, True):
            pair = large.ask(address, signed_in), large.ask(beside, signed_in)
            if number:
                for some, time_ms in zip(long_times[name, signed_in], pair):
                    some.append(time_ms)


def ratio(some, beside):
    """Two medians, the one as a multiple of the other."""
    ours, theirs = at(some, 50), at(beside, 50)
    return f"{ours:.1f} / {theirs:.1f} ms = {ours / theirs:.2f}"


print(f"  Pages, in the large hall / in one of {small.made['posts']:,} posts; aim: at most 1.5 times")
for name, (some, beside) in times.items():
    line(name, ratio(some, beside))
print(f"  A thread of {longest['posts']:,} / one of {made['threads'][-1]['posts']} posts, both in the large hall")
for (name, signed_in), (some, beside) in long_times.items():
    line(name + (", signed in" if signed_in else ""), ratio(some, beside))
