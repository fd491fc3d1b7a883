package console

import (
	"net/http"

	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/staff"
)

// LookUp is what the desk asks and sees. Field: reference, by GET: it proves nothing and may stand in an address.
type LookUp struct {
	Typed string
	Bad   bool // no reference at all
	Asked bool
	Cases []engine.Case
}

// lookUp answers "where is my code" in one look-up.
func (v *visit) lookUp() {
	typed := v.r.URL.Query().Get("reference")
	m := LookUp{Typed: typed[:min(len(typed), 40)]}
	if typed == "" {
		v.show(http.StatusOK, "lookup", "console.look_up", m)
		return
	}
	reference, ok := recovery.ParseReference(typed)
	if !ok {
		m.Bad = true
		v.show(http.StatusUnprocessableEntity, "lookup", "console.look_up", m)
		return
	}
	if err := v.note(v.r.Context(), staff.LookedUp, string(reference)); err != nil {
		v.fail(err)
		return
	}
	var err error
	if m.Cases, err = v.Engine.LookUp(v.r.Context(), reference); err != nil {
		v.fail(err)
		return
	}
	m.Typed, m.Asked = string(reference), true
	v.show(http.StatusOK, "lookup", "console.look_up", m)
}

// stateKeys, stepKeys are the words for what stands in a case.
var (
	stateKeys = map[recovery.State]string{
		recovery.Choosing: "console.state.choosing", recovery.Proving: "console.state.proving", recovery.Resetting: "console.state.resetting",
		recovery.Done: "console.state.done", recovery.Closed: "console.state.closed",
	}
	stepKeys = map[engine.StepKind]string{
		engine.StepQueued: "console.step.queued", engine.StepLeased: "console.step.leased", engine.StepDeferred: "console.step.deferred",
		engine.StepHandedOver: "console.step.handed_over", engine.StepRefused: "console.step.refused", engine.StepWithheld: "console.step.withheld",
		engine.StepTooLate: "console.step.too_late", engine.StepUnsure: "console.step.unsure", engine.StepNothing: "console.step.nothing",
		engine.StepDelayed: "console.step.delayed", engine.StepBounced: "console.step.bounced", engine.StepDelivered: "console.step.delivered",
	}
)

// state is where a request stands.
func state(c engine.Case) string {
	if c.Over && c.State != recovery.Done {
		return stateKeys[recovery.Closed]
	}
	return stateKeys[c.State]
}

// called is what a message is called.
func called(m engine.Message) string {
	switch {
	case m.Kind == recovery.EffectNotify:
		return "console.lookup.notice"
	case m.Way == recovery.WayPhone:
		return "console.lookup.code_text"
	}
	return "console.lookup.code_mail"
}
