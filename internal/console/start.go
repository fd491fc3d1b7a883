package console

import (
	"errors"
	"net/http"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/staff"
)

// Start begins a recovery for someone. Field: address.
type Start struct {
	Typed string
	Fault string // key; empty: none
	Done  recovery.Reference
}

func (v *visit) startPage() { v.show(http.StatusOK, "start", "console.start", Start{}) }

// start answers the same for an address that belongs to nobody: the desk sees that, if at all, by looking the reference up.
func (v *visit) start() {
	typed := v.r.PostFormValue("address")
	again := func(status int, fault string) {
		v.show(status, "start", "console.start", Start{Typed: typed[:min(len(typed), 320)], Fault: fault})
	}
	address, err := contact.ParseEmail(typed)
	if err != nil {
		again(http.StatusUnprocessableEntity, "console.start_for.bad")
		return
	}
	pass, refusal, err := v.Gate.OpenStaffed(v.r.Context(), v.session.Name, address)
	switch {
	case err != nil:
		v.fail(err)
		return
	case refusal.Reason != "":
		v.comeBack(refusal.RetryAfter)
		again(http.StatusTooManyRequests, "console.start_for.limited")
		return
	}
	reference, err := v.Engine.StartFor(v.r.Context(), pass, v.language.Tag, func(r recovery.Reference) error {
		return v.note(v.r.Context(), staff.Started, string(r))
	})
	switch {
	case errors.Is(err, engine.ErrNoMail):
		again(http.StatusUnprocessableEntity, "console.start_for.no_mail")
		return
	case err != nil:
		v.fail(err)
		return
	}
	v.show(http.StatusOK, "start", "console.start", Start{Done: reference})
}
