package secret

import (
	"fmt"
	"maps"
	"sync/atomic"
)

// Ring holds the keys of one purpose by their ids: new work uses the newest, old work finds the one it began with. It may be used
// by many goroutines while keys are rotated.
type Ring struct{ held atomic.Pointer[held] }

// held is what a ring has at one moment. It is never changed.
type held struct {
	newest string
	keys   map[string]Key
}

// NewRing makes a ring whose newest key is the given one.
func NewRing(id string, key Key) *Ring {
	r := new(Ring)
	r.held.Store(&held{newest: id, keys: map[string]Key{id: key}})
	return r
}

// Keep adds a key that is not the newest: an older one, for what was begun with it, or one that other nodes may use already.
func (r *Ring) Keep(id string, key Key) error {
	h := r.held.Load()
	if _, taken := h.keys[id]; taken {
		return fmt.Errorf("two keys have the id %q", id)
	}
	keys := maps.Clone(h.keys)
	keys[id] = key
	r.held.Store(&held{newest: h.newest, keys: keys})
	return nil
}

// Become takes the keys of another ring in place of its own, after a rotation.
func (r *Ring) Become(other *Ring) { r.held.Store(other.held.Load()) }

// Newest is the id under which new work begins.
func (r *Ring) Newest() string { return r.held.Load().newest }

// Latest is the newest key and its id, of one moment: between Newest and Key the ring may have become another.
func (r *Ring) Latest() (id string, key Key) {
	h := r.held.Load()
	return h.newest, h.keys[h.newest]
}

// Made says whether one of the keys makes what a digest is of, as make does. All are tried, so that how long it takes does not tell which it was.
func (r *Ring) Made(digest Digest, make func(Key) Opaque) bool {
	made := false
	for _, key := range r.held.Load().keys {
		made = make(key).Digest().Equal(digest) || made
	}
	return made
}

// Key finds a key by its id. A missing one means that it was revoked: whatever it made is dead.
func (r *Ring) Key(id string) (Key, bool) {
	key, ok := r.held.Load().keys[id]
	return key, ok
}
