package daemon_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"twohens/internal/storetest"
)

// testCrashed has the program fall over in the middle of people's walks and write down what all of it was doing: nothing of that is a
// code, a password, a link or a key, nor are they anywhere else.
func testCrashed(t *testing.T, path string) {
	t.Run("sqlite", func(t *testing.T) { crashed(t, path, "") })
	t.Run("postgres", func(t *testing.T) { crashed(t, path, storetest.Postgres(t)) })
}

func crashed(t *testing.T, path, dsn string) {
	const people, atOnce, fewest, most = 500, 8, 3, 12
	// Hashes that take a while, so that nearly always some are being made. It falls until it has done so in the middle of one.
	s := build(t, path, ground{dsn: dsn, people: people, password: "hash_memory = \"4MiB\"\nhash_time = 6\nhash_threads = 1\nhash_queue = 256"})
	var whole, next atomic.Int64
	falls := 0
	for ; falls < fewest || falls < most && !strings.Contains(s.log.String(), "argon2"); falls++ {
		p := s.start()
		began := whole.Load()
		var over atomic.Bool
		var under sync.WaitGroup
		for range atOnce {
			under.Go(func() {
				for !over.Load() {
					n := int(next.Add(1)) // everybody once: there is one mail to each
					if n < people && s.recovers(n, fmt.Sprintf("windy hill %d, quiet barn", n)) {
						whole.Add(1)
					}
				}
			})
		}
		until(t, 60*time.Second, "some have recovered", func() bool { return whole.Load() >= began+2*atOnce })
		s.measures()
		over.Store(true) // they go on with what they are doing
		if err := p.command.Process.Signal(syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		<-p.ended
		under.Wait()
	}
	told := s.log.String()
	if n := strings.Count(told, "SIGQUIT: quit"); n != falls || !strings.Contains(told, "argon2") || !strings.Contains(told, "twohens/internal/") {
		t.Errorf("it fell %d times, and wrote that down %d times, or nothing of what it did", falls, n)
	}
	s.silent()
}

// recovers is one person's whole walk, and signing in after it. It says whether it came to its end.
func (s *stand) recovers(n int, chosen string) bool {
	opened, err := s.open(who(n))
	if err != nil || opened.Request == "" {
		return false
	}
	if _, err := s.choose(opened.Request); err != nil {
		return false
	}
	code, err := s.mailed(who(n), 3*time.Second)
	if err != nil {
		return false
	}
	proved, err := s.enter(opened.Request, code, "")
	if err != nil || proved.Grant == "" {
		return false
	}
	if set, err := s.set(proved.Grant, chosen); err != nil || set.Outcome != "finished" {
		return false
	}
	s.secret("an old password", old(n))
	cookie, err := s.signIn(who(n), chosen)
	return err == nil && cookie != ""
}
