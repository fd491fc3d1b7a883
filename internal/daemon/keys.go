package daemon

import (
	"context"
	"log/slog"
	"reflect"
	"time"

	"twohens/internal/keys"
	"twohens/internal/secret"
	"twohens/scratch"
)

// keyring are the secrets that live outside the database (invariant 6), read from their folder. While the program runs, keys are added and
// destroyed there.
type keyring struct {
	folder     keys.Folder
	codes      *secret.Ring
	answers    *secret.Ring
	challenges scratch.Keys // to begin with
	decoys     secret.Key
	questions  secret.Key
	bounces    secret.Key
	addresses  secret.Key
}

// loadKeys reads the keys in a folder. What is missing is made, for the owner alone: the folder 0700, each file 0600.
func loadKeys(folder string, log *slog.Logger) (*keyring, error) {
	k := &keyring{folder: keys.Folder{Path: folder, Log: log}}
	if err := k.folder.Prepare(); err != nil {
		return nil, err
	}
	for purpose, key := range map[keys.Purpose]*secret.Key{
		keys.Decoys: &k.decoys, keys.Addresses: &k.addresses, keys.Questions: &k.questions, keys.Bounces: &k.bounces,
	} {
		var err error
		if *key, err = k.folder.One(purpose); err != nil {
			return nil, err
		}
	}
	read, err := k.read(time.Now(), k.folder.Numbered)
	if err != nil {
		return nil, err
	}
	k.codes, k.answers, k.challenges = read.codes, read.answers, read.challenges
	return k, nil
}

// rotating is what comes and goes.
type rotating struct {
	lists          map[keys.Purpose][]keys.File
	newest         map[keys.Purpose]string
	codes, answers *secret.Ring
	challenges     scratch.Keys
}

func (k *keyring) read(now time.Time, files func(keys.Purpose) ([]keys.File, error)) (r rotating, err error) {
	r.lists, r.newest = map[keys.Purpose][]keys.File{}, map[keys.Purpose]string{}
	for _, purpose := range keys.Rotating {
		list, err := files(purpose)
		if err != nil {
			return r, err
		}
		r.lists[purpose], r.newest[purpose] = list, list[keys.Newest(list, now)].ID
	}
	if r.codes, err = keys.Ring(r.lists[keys.Codes], now); err != nil {
		return r, err
	}
	if r.answers, err = keys.Ring(r.lists[keys.Answers], now); err != nil {
		return r, err
	}
	cards, newest := r.lists[keys.Challenges], keys.Newest(r.lists[keys.Challenges], now)
	ring := []scratch.Key{{ID: cards[newest].ID, Secret: cards[newest].Key.Bytes()}}
	for i, f := range cards {
		if i != newest {
			ring = append(ring, scratch.Key{ID: f.ID, Secret: f.Key.Bytes()})
		}
	}
	r.challenges, err = scratch.NewKeys(ring...)
	return r, err
}

// keysEvery is how soon a key that was added or destroyed is seen. It is shorter than keys wait before they are used.
const keysEvery = 2 * time.Second

// watch takes up what changes in the folder, until ctx ends. A folder that cannot be read, is empty, or holds nonsense, is told once and
// changes nothing: the keys that are in use go on.
func (k *keyring) watch(ctx context.Context, dealer *scratch.Dealer, log *slog.Logger) {
	tick := time.NewTicker(keysEvery)
	defer tick.Stop()
	var last rotating
	trouble := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := k.read(time.Now(), k.folder.Present)
		if err != nil {
			if err.Error() != trouble {
				trouble = err.Error()
				log.ErrorContext(ctx, "the keys cannot be read, those in use go on", "err", err)
			}
			continue
		}
		trouble = ""
		if last.lists != nil && reflect.DeepEqual(last.newest, now.newest) && same(last.lists, now.lists) {
			continue
		}
		k.codes.Become(now.codes)
		k.answers.Become(now.answers)
		dealer.Use(now.challenges)
		if last.lists != nil {
			log.InfoContext(ctx, "the keys have changed", "newest", now.newest)
		}
		last = now
	}
}

// same says that two readings found the same keys.
func same(a, b map[keys.Purpose][]keys.File) bool {
	for purpose, list := range a {
		if len(list) != len(b[purpose]) {
			return false
		}
		for i, f := range list {
			if g := b[purpose][i]; f.ID != g.ID || !f.Made.Equal(g.Made) || !f.From.Equal(g.From) {
				return false
			}
		}
	}
	return true
}
