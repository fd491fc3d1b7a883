package question

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"twohens/internal/password"
	"twohens/internal/secret"
)

// ErrEmpty says that there is no answer to keep.
var ErrEmpty = errors.New("question: there is no answer")

// Hasher is what answers are hashed with, a few at a time: a [password.Hasher], best the one that hashes the passwords, so that
// the two together keep to its bound of memory.
type Hasher interface {
	Hash(ctx context.Context, p password.Password) (string, error)
	Verify(ctx context.Context, encoded string, p password.Password) (ok, rehash bool, err error)
	VerifyUnknown(ctx context.Context, p password.Password) error
	Imitate(seed [48]byte) string
}

// Digests makes of answers what is stored, and judges answers by it. What is stored is the pepper's id, a colon, and the
// Argon2id hash of an HMAC-SHA-256 under that pepper over account, question and answer: whoever has the database and not the
// pepper has nothing to try answers on, and the same answer elsewhere has another digest.
//
// A pepper lives as long as the answers made with it. Without it, because it was revoked, they are never right again.
//
// The costs of the hasher had better stay: answers cannot be hashed anew while nobody gives them, and those made at other costs
// than today's take another time to judge than those of decoys, which have today's.
type Digests struct {
	Peppers *secret.Ring
	Hasher  Hasher
}

// Asked is a question that was put to somebody, with the stored digest of its answer. A digest that is empty or cannot be read
// makes every answer wrong, for the same work.
type Asked struct {
	ID     ID
	Digest string
}

// Make returns what is stored of an answer. It does not ask whether the answer is a good one: [Refuse] does. The error is
// [ErrEmpty], [password.ErrBusy], or why ctx ended while waiting.
func (d Digests) Make(ctx context.Context, account string, id ID, a Answer) (string, error) {
	if a.IsZero() {
		return "", ErrEmpty
	}
	pepper, key := d.Peppers.Latest()
	peppered, err := under(key, account, id, a)
	if err != nil {
		return "", err
	}
	hash, err := d.Hasher.Hash(ctx, peppered)
	if err != nil {
		return "", fmt.Errorf("hash the answer to %s: %w", id, err)
	}
	return pepper + ":" + hash, nil
}

// Check says whether all answers are right: one verdict, so that nobody learns which of them was. The answers stand in the
// order of the questions; one that is missing or zero is wrong.
//
// Whatever is right, missing, unreadable or a decoy's, every question costs one Argon2id hash, and none is left out because one
// before it was wrong (R-74, CWE-208). Where nothing is asked, nothing is right. The error is [password.ErrBusy] or why ctx ended
// while waiting; then nothing was judged, and it cost no try.
func (d Digests) Check(ctx context.Context, account string, asked []Asked, given []Answer) (bool, error) {
	wrong := 0
	for i, q := range asked {
		var a Answer
		if i < len(given) {
			a = given[i]
		}
		right, err := d.one(ctx, account, q, a)
		if err != nil {
			return false, fmt.Errorf("judge the answer to %s: %w", q.ID, err)
		}
		wrong += number(!right) + number(a.IsZero())
	}
	return wrong == 0 && len(asked) > 0 && len(asked) == len(given), nil
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// one judges one answer at the cost of one hash.
func (d Digests) one(ctx context.Context, account string, q Asked, a Answer) (bool, error) {
	// Hashes hold no colon, so a pepper's id may.
	colon := max(strings.LastIndexByte(q.Digest, ':'), 0)
	peppered, known, err := d.pepper(q.Digest[:colon], account, q.ID, a)
	if err != nil {
		return false, err
	}
	if known {
		right, _, err := d.Hasher.Verify(ctx, q.Digest[colon+1:], peppered)
		if !errors.Is(err, password.ErrHash) {
			return right, err
		}
	}
	return false, d.Hasher.VerifyUnknown(ctx, peppered)
}

// pepper makes the MAC that is hashed. Under a pepper that is not there it takes the newest, for the sake of the work, and says so.
func (d Digests) pepper(id, account string, question ID, a Answer) (p password.Password, known bool, err error) {
	key, known := d.Peppers.Key(id)
	if !known {
		_, key = d.Peppers.Latest()
	}
	p, err = under(key, account, question, a)
	return p, known, err
}

// under makes the MAC that is hashed, with a pepper.
func under(pepper secret.Key, account string, question ID, a Answer) (password.Password, error) {
	mac := pepper.MAC("answer", []byte(account), []byte(question), []byte(a.reveal()))
	return password.New(base64.RawStdEncoding.EncodeToString(mac[:]))
}
