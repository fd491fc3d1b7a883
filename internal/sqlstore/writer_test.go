package sqlstore

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// scribbler is a database with a table to write numbers into.
func scribbler(t *testing.T) *sqliteDB {
	t.Helper()
	s, err := openSQLite(t.Context(), Config{Path: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.write(t.Context(), durable, []step{do(both("CREATE TABLE scribble (n INTEGER PRIMARY KEY)"))}); err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	scribble  = both("INSERT INTO scribble (n) VALUES (?)")
	scribbles = both("SELECT n FROM scribble ORDER BY n")
)

func (s *sqliteDB) scribbled(t *testing.T) (list []int) {
	t.Helper()
	err := s.read(t.Context(), query{statement: scribbles, each: func(r row) error {
		var n int
		defer func() { list = append(list, n) }()
		return r.Scan(&n)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// together has jobs carried out in one batch, whatever the speed of the disk: they gather while another job is held up.
func together(t *testing.T, s *sqliteDB, jobs ...func(*link) error) []error {
	t.Helper()
	held, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.writer.do(context.Background(), func(*link) error { close(held); <-release; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-held
	errs := make([]error, len(jobs))
	for i, j := range jobs {
		all.Go(func() { errs[i] = s.writer.do(context.Background(), j) })
		for { // in the order given
			s.writer.mu.Lock()
			n := len(s.writer.queue)
			s.writer.mu.Unlock()
			if n == i+1 {
				break
			}
		}
	}
	close(release)
	all.Wait()
	return errs
}

func put(n int) func(*link) error {
	return func(l *link) error {
		_, err := l.write([]step{do(scribble, n)})
		return err
	}
}

func TestBatch(t *testing.T) {
	failed := errors.New("changed my mind")
	fail := func(n int) func(*link) error {
		return func(l *link) error { return errors.Join(put(n)(l), failed) }
	}
	for _, tt := range []struct {
		name string
		jobs []func(*link) error
		errs []error
		want []int
	}{
		{"one", []func(*link) error{put(1)}, []error{nil}, []int{1}},
		{"one fails", []func(*link) error{fail(1)}, []error{failed}, nil},
		{"many", []func(*link) error{put(1), put(2), put(3)}, []error{nil, nil, nil}, []int{1, 2, 3}},
		{"the first fails", []func(*link) error{fail(1), put(2), put(3)}, []error{failed, nil, nil}, []int{2, 3}},
		{"the last fails", []func(*link) error{put(1), put(2), fail(3)}, []error{nil, nil, failed}, []int{1, 2}},
		{"all fail", []func(*link) error{fail(1), fail(2)}, []error{failed, failed}, nil},
		{"a failure leaves room", []func(*link) error{fail(1), put(1)}, []error{failed, nil}, []int{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := scribbler(t)
			for i, err := range together(t, s, tt.jobs...) {
				if !errors.Is(err, tt.errs[i]) || (err == nil) != (tt.errs[i] == nil) {
					t.Errorf("job %d: %v, want %v", i, err, tt.errs[i])
				}
			}
			if got := s.scribbled(t); !slices.Equal(got, tt.want) {
				t.Errorf("saved %v, want %v", got, tt.want)
			}
		})
	}
}

func TestBatchWithConflict(t *testing.T) { // an error of the database undoes its job alone
	s := scribbler(t)
	errs := together(t, s, put(1), put(1), func(l *link) error { return errors.Join(put(2)(l), put(1)(l)) }, put(3))
	if errs[0] != nil || errs[1] == nil || errs[2] == nil || errs[3] != nil {
		t.Errorf("told %v", errs)
	}
	if got := s.scribbled(t); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("saved %v", got)
	}
}

func TestBatchWithPanic(t *testing.T) {
	s := scribbler(t)
	errs := together(t, s, put(1), func(l *link) error { _ = put(2)(l); panic("a fault of the program") }, put(3))
	if errs[0] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "a fault of the program") || errs[2] != nil {
		t.Errorf("told %v", errs)
	}
	if got := s.scribbled(t); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("saved %v", got)
	}
}

// When the transaction is gone, so is everything in it, and nobody is told otherwise.
func TestBatchLost(t *testing.T) {
	s := scribbler(t)
	lose := func(l *link) error {
		if err := l.exec(rollbackStatement); err != nil { // as SQLite does by itself on a full disk
			t.Error(err)
		}
		return errors.New("lost")
	}
	for i, err := range together(t, s, put(1), lose, put(3)) {
		if err == nil {
			t.Errorf("job %d was told that it is saved", i)
		}
	}
	if got := s.scribbled(t); len(got) != 0 {
		t.Errorf("saved %v", got)
	}
	if errs := together(t, s, put(4)); errs[0] != nil { // and it goes on
		t.Error(errs[0])
	}
}

func TestCommitFails(t *testing.T) { // a commit that fails was told to nobody as done
	s := scribbler(t)
	for _, st := range []string{
		"CREATE TABLE parent (n INTEGER PRIMARY KEY)",
		"CREATE TABLE child (n INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
	} {
		if _, err := s.write(t.Context(), durable, []step{do(both(st))}); err != nil {
			t.Fatal(err)
		}
	}
	orphan := both("INSERT INTO child (n) VALUES (7)")
	spoil := func(l *link) error { _, err := l.write([]step{do(orphan)}); return err }
	for i, err := range together(t, s, put(1), spoil, put(3)) {
		if err == nil {
			t.Errorf("job %d was told that it is saved", i)
		}
	}
	if got := s.scribbled(t); len(got) != 0 {
		t.Errorf("saved %v", got)
	}
	if errs := together(t, s, put(4), put(5)); errs[0] != nil || errs[1] != nil {
		t.Error(errs)
	}
}

func TestGivenUp(t *testing.T) { // a caller who leaves before the turn comes leaves nothing behind
	s := scribbler(t)
	held, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = s.writer.do(context.Background(), func(*link) error { close(held); <-release; return nil })
	})
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan error)
	go func() { told <- s.writer.do(ctx, put(1)) }()
	cancel()
	if err := <-told; !errors.Is(err, context.Canceled) {
		t.Errorf("told %v", err)
	}
	close(release)
	all.Wait()
	if errs := together(t, s, put(2)); errs[0] != nil {
		t.Error(errs[0])
	}
	if got := s.scribbled(t); !slices.Equal(got, []int{2}) {
		t.Errorf("saved %v", got)
	}
}

func TestBegunIsFinished(t *testing.T) { // a caller who leaves too late still learns what became of it
	s := scribbler(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.writer.do(ctx, func(l *link) error {
		cancel()
		return put(1)(l)
	})
	if err != nil {
		t.Errorf("told %v", err)
	}
	if got := s.scribbled(t); !slices.Equal(got, []int{1}) {
		t.Errorf("saved %v", got)
	}
}

func TestFull(t *testing.T) { // what was answered is on disk: whatever the change is, the writer waits for it
	s := scribbler(t)
	for _, care := range []care{durable, relaxed} {
		if _, err := s.write(t.Context(), care, nil); err != nil {
			t.Fatal(err)
		}
		var level int
		err := s.writer.do(t.Context(), func(l *link) error {
			return l.query(query{statement: both("PRAGMA synchronous"), each: func(r row) error { return r.Scan(&level) }})
		})
		if err != nil || level != 2 {
			t.Errorf("synchronous is %d, want 2 (FULL); %v", level, err)
		}
	}
}

func TestCloseWaits(t *testing.T) {
	s := scribbler(t)
	var all sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		all.Go(func() { errs[i] = s.writer.do(context.Background(), put(i)) })
	}
	s.writer.close()
	all.Wait()
	saved := s.scribbled(t)
	for i, err := range errs {
		if there := slices.Contains(saved, i); (err == nil) != there {
			t.Errorf("job %d: told %v, saved %v", i, err, there)
		}
		if err != nil && !errors.Is(err, ErrClosed) {
			t.Errorf("job %d: %v", i, err)
		}
	}
}
