package scratch

import (
	"container/list"
	"sync"
)

// shelf keeps the last pictures drawn, so that a reload does not draw again.
// It is bounded by bytes, and drops what was not asked for longest.
type shelf struct {
	limit int

	mu    sync.Mutex
	bytes int
	order *list.List // of *framed, the latest in front
	at    map[frame]*list.Element
}

// frame names a picture.
type frame struct {
	id   [16]byte
	kind Kind
}

type framed struct {
	frame
	picture []byte
}

func newShelf(limit int) *shelf {
	return &shelf{limit: limit, order: list.New(), at: map[frame]*list.Element{}}
}

// get is the picture, or nil.
func (s *shelf) get(f frame) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.at[f]
	if !ok {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*framed).picture
}

// put keeps a picture, unless it is larger than the whole shelf.
func (s *shelf) put(f frame, picture []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.at[f]; ok || len(picture) > s.limit {
		return
	}
	s.at[f] = s.order.PushFront(&framed{f, picture})
	s.bytes += len(picture)
	for s.bytes > s.limit {
		s.drop(s.order.Back().Value.(*framed).frame)
	}
}

// discard drops all pictures of a card.
func (s *shelf) discard(id [16]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range []Kind{Open, Cover, Numbered} {
		s.drop(frame{id, k})
	}
}

func (s *shelf) drop(f frame) {
	if e, ok := s.at[f]; ok {
		s.bytes -= len(e.Value.(*framed).picture)
		s.order.Remove(e)
		delete(s.at, f)
	}
}
