package console

import (
	"net/http"

	"twohens/internal/staff"
)

// senderPage asks before a sender is switched.
func (v *visit) senderPage() {
	if s, ok := v.sender(); ok {
		v.show(http.StatusOK, "sender", "console.sender.title", s)
	}
}

// sender finds the one that the path names, or answers and returns false.
func (v *visit) sender() (SenderState, bool) {
	list, err := v.senders()
	if err != nil {
		v.fail(err)
		return SenderState{}, false
	}
	for _, s := range list {
		if s.Name == v.r.PathValue("sender") {
			return s, true
		}
	}
	v.problem(http.StatusNotFound, "console.not_found")
	return SenderState{}, false
}

// flip switches a sender off or on, as its field "to" says. Doing it twice is doing it once.
func (v *visit) flip() {
	s, ok := v.sender()
	if !ok {
		return
	}
	ctx := v.r.Context()
	var err error
	switch v.r.PostFormValue("to") {
	case "off":
		if err = v.note(ctx, staff.Off, s.Name); err == nil {
			err = v.Engine.SwitchOff(ctx, s.Name, v.session.Name)
		}
	case "on":
		if err = v.note(ctx, staff.On, s.Name); err == nil {
			err = v.Engine.SwitchOn(ctx, s.Name, v.session.Name)
		}
	default:
		v.problem(http.StatusUnprocessableEntity, "console.method")
		return
	}
	if err != nil {
		v.fail(err)
		return
	}
	http.Redirect(v.w, v.r, "/deliveries", http.StatusSeeOther)
}
