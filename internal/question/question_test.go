package question

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"twohens/internal/locale"
)

var update = flag.Bool("update", false, "write the manual's table anew")

// frozen compares with a file that nothing writes: what is in it holds for ever, and new lines are put there by hand.
func frozen(t *testing.T, name, got string) {
	t.Helper()
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is frozen, and what the tests make of the program is now:\n%s", name, got)
	}
}

// an ID is permanent. Its file may get lines and never lose or change one.
func TestIDsArePermanent(t *testing.T) {
	var ids strings.Builder
	for _, q := range All {
		fmt.Fprintln(&ids, q.ID)
	}
	frozen(t, "testdata/ids.txt", ids.String())
}

func TestEveryQuestion(t *testing.T) {
	offered := 0
	words := make(map[string]ID)
	for i, q := range All {
		if found, ok := Find(q.ID); !ok || found != q || slices.IndexFunc(All, func(o Question) bool { return o.ID == q.ID }) != i {
			t.Errorf("%s is there twice", q.ID)
		}
		if !q.Retired {
			offered++
		}
		if len(q.Why) < 40 || !strings.HasSuffix(q.Why, ".") {
			t.Errorf("%s: no sentence says why it is fair: %q", q.ID, q.Why)
		}
		for _, l := range locale.All() {
			text, err := locale.For(l.Tag).Text(q.ID.Key())
			if err != nil {
				t.Errorf("%s: no words in %s: %v", q.ID, l.Tag, err)
				continue
			}
			if other, taken := words[text]; taken {
				t.Errorf("%s and %s are the same in %s", q.ID, other, l.Tag)
			}
			words[text] = q.ID
			letters := []rune(text)
			if end := string(letters[len(letters)-1]); !strings.Contains("?؟？", end) || strings.Count(text, end) > 1 || len(letters) > 90 {
				t.Errorf("%s: not one short question in %s: %q", q.ID, l.Tag, text)
			}
		}
	}
	if offered < 24 {
		t.Errorf("%d questions are offered", offered)
	}
	if _, ok := Find("mothers-maiden-name"); ok {
		t.Error("a question that is not on the list was found")
	}
}

// The table in the manual is made of the list, so it cannot say anything else.
func TestManual(t *testing.T) {
	var text strings.Builder
	text.WriteString(manualHead)
	for _, q := range All {
		words := locale.For("en").T(q.ID.Key())
		if q.Retired {
			words += " (retired)"
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", q.ID, words, q.Why)
	}
	const page = "../../docs/manual/questions.md"
	if *update {
		if err := os.WriteFile(page, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(page); err != nil || string(have) != text.String() {
		t.Errorf("%s is not what go test ./internal/question -update makes of the list (%v)", page, err)
	}
}

const manualHead = `# Security questions

The table below is written by ` + "`go test ./internal/question -update`" + ` from internal/question/question.go; a test fails when the
two differ.

Questions are the weakest way back into an account: others may know the answers. Several are asked at once, and there is one verdict for
all of them. People do not write questions of their own, because nothing like them could be asked of an address that is not registered.

## What is asked, and of whom

* Every account is offered the whole list, each in an order of its own, which is always the same for that account. People pick mostly from
  the top, so what they pick is spread evenly over the list.
* Of what an account has set up, always the same ones are asked, in whatever order they were given: those that come first in its order.
* An address that is not registered, and an account that has set up none, are asked the first ones of their order. So they are always
  asked the same, on every node and after every restart and upgrade, and what is asked of many of them is spread like what is asked
  of real accounts. 100,000 of them are counted in a test. The order comes from the decoy key, which must never be rotated.
* For that, the list is frozen. A question that turns out to be a bad one is retired: it is offered no more, but those who have it, and
  unregistered addresses, are asked it all the same.
* What remains: people pass over what they cannot answer, and whoever changes their questions may be seen to be asked others.

## What answers are

Case, accents, spaces, punctuation, ways of writing that differ from keyboard to keyboard, and digits of other scripts make no difference.
An answer has at least three letters (two Chinese characters or Korean syllables) and at most 100.

Refused when questions are set up: what many people answer to the question or to any (common names, colours, days and months, large
cities, "none", "123" and the like, in all four languages; the lists are in internal/question/popular), a part of the question, rows of
keys, repetitions, digits alone, the person's own address or a part of it, and the same answer twice.

Answers are kept as Argon2id hashes under a pepper that lies outside the database, and are shown to nobody. If a pepper is revoked,
the answers made with it are never right again. Leave the costs of hashing as they are once people have set up questions: what was made
at other costs takes another time to judge than what is asked of an unregistered address.

## The list

| id | question | why it is fair |
| --- | --- | --- |
`
