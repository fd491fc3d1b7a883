package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"twohens/internal/keys"
	"twohens/internal/secret"
	"twohens/scratch"
)

// keyring are the secrets that live outside the database (invariant 6), read from their folder. While the program runs, keys are added and
// destroyed there.
type keyring struct {
	folder    keys.Folder
	begun     rotating // as the folder was at the start; the rings become what it is since
	decoys    secret.Key
	questions secret.Key
	addresses secret.Key
}

// rotating is what comes and goes, as it was at one moment.
type rotating struct {
	found                             string // which files there were, the newest first
	newest                            map[keys.Purpose]string
	codes, answers, bounces, browsers *secret.Ring
	challenges                        scratch.Keys
}

// loadKeys reads the keys in a folder. What is missing is made, for the owner alone: the folder 0700, each file 0600.
func loadKeys(folder string, log *slog.Logger) (*keyring, error) {
	k := &keyring{folder: keys.Folder{Path: folder, Log: log}}
	if err := k.folder.Prepare(); err != nil {
		return nil, err
	}
	for purpose, key := range map[keys.Purpose]*secret.Key{keys.Decoys: &k.decoys, keys.Addresses: &k.addresses, keys.Questions: &k.questions} {
		var err error
		if *key, err = k.folder.One(purpose); err != nil {
			return nil, err
		}
	}
	var err error
	k.begun, err = read(time.Now(), k.folder.Numbered)
	return k, err
}

// read reads what comes and goes.
func read(now time.Time, files func(keys.Purpose) ([]keys.File, error)) (r rotating, err error) {
	r.newest = map[keys.Purpose]string{}
	lists := map[keys.Purpose][]keys.File{}
	for _, purpose := range keys.Rotating {
		list, err := files(purpose)
		if err != nil {
			return r, err
		}
		list = keys.NewestFirst(list, now)
		lists[purpose], r.newest[purpose] = list, list[0].ID
		for _, f := range list {
			r.found += fmt.Sprintln(purpose, f.ID, f.Made.UnixNano(), f.From.Unix())
		}
	}
	for purpose, ring := range map[keys.Purpose]**secret.Ring{keys.Codes: &r.codes, keys.Answers: &r.answers, keys.Bounces: &r.bounces, keys.Browsers: &r.browsers} {
		if *ring, err = keys.Ring(lists[purpose]); err != nil {
			return r, err
		}
	}
	var ring []scratch.Key
	for _, f := range lists[keys.Challenges] {
		ring = append(ring, scratch.Key{ID: f.ID, Secret: f.Key.Bytes()})
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
	found, trouble := k.begun.found, ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now, err := read(time.Now(), k.folder.Present)
		if err != nil {
			if err.Error() != trouble {
				trouble = err.Error()
				log.ErrorContext(ctx, "the keys cannot be read, those in use go on", "err", err)
			}
			continue
		}
		trouble = ""
		if now.found == found {
			continue
		}
		found = now.found
		k.begun.codes.Become(now.codes)
		k.begun.answers.Become(now.answers)
		k.begun.bounces.Become(now.bounces)
		k.begun.browsers.Become(now.browsers)
		dealer.Use(now.challenges)
		log.InfoContext(ctx, "the keys have changed", "newest", now.newest)
	}
}
