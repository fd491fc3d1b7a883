package daemon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"twohens/internal/config"
	"twohens/internal/daemon"
)

// as many people as one likes set a password at once. As many hashes are made as the memory is meant for, a few wait, and all others are
// told at once to come back; that loses them nothing, and in the end everybody has their password.
func TestAttackResetsAtOnce(t *testing.T) {
	c := settings(t)
	c.Password.HashMemory, c.Password.HashTime, c.Password.HashParallel, c.Password.HashQueue = 16*config.MiB, 2, 1, 2
	w := begin(t, c, daemon.Options{})
	w.account("first@fernbank.example", "the old one nobody knows")
	const people = 30
	grants := make([]string, people)
	who := func(n int) string { return fmt.Sprintf("person%d@fernbank.example", n) }
	chosen := func(n int) string { return fmt.Sprintf("a heather path to the sea %d", n) }
	for n := range people {
		if _, err := w.Accounts.Add(t.Context(), address(t, who(n)), nil, "en"); err != nil {
			t.Fatal(err)
		}
		request := w.open(who(n))
		code, _ := w.code(who(n))
		grants[n] = w.post("/request/code", map[string]string{"code": code}, "Twohens-Request", request).Grant
	}
	// sets says whether the password was set, or for how long to wait.
	sets := func(n int) (wait time.Duration, err error) {
		body, err := json.Marshal(map[string]string{"password": chosen(n)})
		if err != nil {
			return 0, err
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+"/api/v1/password", bytes.NewReader(body))
		if err != nil {
			return 0, err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Twohens-Grant", grants[n])
		got, err := w.http.Do(r)
		if err != nil {
			return 0, err
		}
		got.Body.Close()
		seconds, _ := strconv.Atoi(got.Header.Get("Retry-After"))
		switch {
		case got.StatusCode == http.StatusOK:
			return 0, nil
		case got.StatusCode == http.StatusServiceUnavailable && seconds > 0:
			return time.Duration(seconds) * time.Second, nil
		}
		return 0, fmt.Errorf("%s, Retry-After %q", got.Status, got.Header.Get("Retry-After"))
	}
	waits, errs := make([]time.Duration, people), make([]error, people)
	var all sync.WaitGroup
	start := make(chan struct{})
	for n := range people {
		all.Go(func() {
			<-start
			waits[n], errs[n] = sets(n)
		})
	}
	close(start)
	all.Wait()
	busy := 0
	for n, wait := range waits {
		if errs[n] != nil {
			t.Fatal(errs[n])
		}
		if wait == 0 {
			continue
		}
		busy++
		until(t, time.Minute, "who was told to come back sets a password", func() bool {
			wait, err := sets(n)
			if err != nil {
				t.Fatal(err)
			}
			return wait == 0
		})
	}
	if busy == 0 || busy == people {
		t.Errorf("%d of %d were told to come back", busy, people)
	}
	for _, n := range []int{0, people - 1} {
		if !w.signsIn(who(n), chosen(n)) {
			t.Errorf("person %d has another password", n)
		}
	}
}
