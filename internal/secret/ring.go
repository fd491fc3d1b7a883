package secret

import "fmt"

// Ring holds the keys of one purpose by their ids: new work uses the newest, old work finds the one it began with.
type Ring struct {
	newest string
	keys   map[string]Key
}

// NewRing makes a ring whose newest key is the given one.
func NewRing(id string, key Key) *Ring {
	return &Ring{newest: id, keys: map[string]Key{id: key}}
}

// Keep adds an older key, for what was begun with it.
func (r *Ring) Keep(id string, key Key) error {
	if _, taken := r.keys[id]; taken {
		return fmt.Errorf("two keys have the id %q", id)
	}
	r.keys[id] = key
	return nil
}

// Newest is the id under which new work begins.
func (r *Ring) Newest() string { return r.newest }

// Key finds a key by its id. A missing one means that it was revoked: whatever it made is dead.
func (r *Ring) Key(id string) (Key, bool) {
	key, ok := r.keys[id]
	return key, ok
}
