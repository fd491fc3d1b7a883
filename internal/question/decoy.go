package question

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"slices"

	"twohens/internal/secret"
)

// pool is what is offered and what unknown accounts are asked: the questions of the first release. It is frozen. Were a
// question added, unknown accounts would suddenly be asked others than yesterday, and known ones would not; were it only offered,
// then whoever is asked it would be known to exist. A question that is retired stays here, and in decoys.
//
// To grow the list, a later release may have a second pool, for sites that are founded with it: their keys would tell.
var pool = []ID{
	"first-concert", "childhood-shop", "desk-mate", "got-lost", "invented-word", "family-word", "childhood-gang", "invented-game",
	"hard-word", "toy-name", "bed-picture", "first-book", "frightening-story", "teacher-nickname", "given-nickname", "meeting-place",
	"first-journey", "childhood-neighbour", "family-dish", "first-team", "shared-word", "holiday-place", "work-teacher",
	"first-letter", "street-character", "relative-nickname",
}

// Decoys decides which questions an account is asked, whether it has any or not. Everything follows from the account's id and a
// key that is never rotated, so it is the same on every visit and node, after every restart, in every language and, since the pool
// is frozen, in every version.
//
// Each account has an order of its own in which all questions stand, uniform over all orders. By it the questions are offered,
// those of an account are asked, and those of an account without any are invented. So decoys are spread like real questions: people
// who set questions up pick mostly from the top of what they are offered, and each sees another top. Whoever picked the first ones
// is asked exactly what was asked before anything was set up. What remains is that people pass over what they cannot answer.
type Decoys struct {
	Key secret.Key
}

// Ask chooses n of the questions that an account has, the same ones in whatever order they are stored. All of them, if there are no
// more than n.
func (d Decoys) Ask(account string, have []ID, n int) []ID {
	return first(d.order(account, have), n)
}

// Invent chooses n questions for an account that does not exist or has set none up; at most as many as the pool has.
func (d Decoys) Invent(account string, n int) []ID {
	return first(d.order(account, pool), n)
}

// Offer is the order in which an account is offered the questions, retired ones left out.
func (d Decoys) Offer(account string) []ID {
	return slices.DeleteFunc(d.order(account, pool), func(id ID) bool {
		q, ok := Find(id)
		return !ok || q.Retired
	})
}

func first(ids []ID, n int) []ID { return ids[:min(max(n, 0), len(ids))] }

// order sorts questions by a MAC that is the account's own. It returns a new slice, without any question twice.
func (d Decoys) order(account string, ids []ID) []ID {
	type placed struct {
		id ID
		at [sha256.Size]byte
	}
	seed := d.Key.MAC("order of questions", []byte(account))
	mac := hmac.New(sha256.New, seed[:])
	list := make([]placed, len(ids))
	for i, id := range ids {
		mac.Reset()
		mac.Write([]byte(id))
		list[i].id = id
		mac.Sum(list[i].at[:0])
	}
	slices.SortFunc(list, func(a, b placed) int { return bytes.Compare(a.at[:], b.at[:]) })
	ordered := make([]ID, len(list))
	for i, p := range list {
		ordered[i] = p.id
	}
	return slices.Compact(ordered)
}

// Digest imitates what [Digests.Make] would store: the newest pepper's id, today's costs, a salt and a hash that look as random as
// real ones and are always the same ones for an account and a question. No answer is right for it. It costs no Argon2id; judging by
// it does, like by a real one.
func (d Decoys) Digest(like Digests, account string, id ID) string {
	var seed [48]byte
	salt := d.Key.MAC("salt of no answer", []byte(account), []byte(id))
	hash := d.Key.MAC("hash of no answer", []byte(account), []byte(id))
	copy(seed[:16], salt[:])
	copy(seed[16:], hash[:])
	return like.Peppers.Newest() + ":" + like.Hasher.Imitate(seed)
}
