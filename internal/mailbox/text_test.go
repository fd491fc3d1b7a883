package mailbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"twohens/internal/mailbox"
)

func TestTexts(t *testing.T) {
	refuse := 0
	box, err := mailbox.Open(mailbox.Options{Texts: true, TextHook: func(mailbox.Posted) int { return refuse }})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	post := func(body string) int {
		t.Helper()
		answer, err := http.Post(box.TextsURL(), "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	for _, bad := range []string{"", "{", `{"to":"+34600123456"}`, `{"text":"hello"}`, strings.Repeat(" ", 70<<10) + `{"to":"1","text":"2"}`} {
		if status := post(bad); status != http.StatusBadRequest {
			t.Errorf("%.30q: %d", bad, status)
		}
	}
	refuse = 503
	if status := post(`{"to":"+34600123456","text":"hello"}`); status != 503 || box.Taken() != 0 {
		t.Errorf("refused: %d, and %d taken", status, box.Taken())
	}
	refuse = 0
	if status := post(`{"to":"+34600123456","text":"رمز 12345678"}`); status != http.StatusOK {
		t.Errorf("a good one: %d", status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	m, err := box.Await(ctx, func(m mailbox.Mail) bool { return m.Phone == "+34600123456" })
	if err != nil || m.Text != "رمز 12345678" || m.Number != 1 {
		t.Errorf("kept: %+v, %v", m, err)
	}
}
