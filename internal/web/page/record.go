package page

import "time"

// Record is a line of what was recorded.
type Record struct {
	At      time.Time
	Event   string // an engine.Event
	Way     string
	Outcome string
}

// History is the page with all that was recorded, newest first.
type History struct {
	Records []Record
}

func (History) page() about { return about{"history", "account.recorded", false} }

// recorded are the texts for what was recorded, by event, outcome and way. Where the outcome is left out, it is for every other outcome
// of the event; where the way is, for every other way.
var recorded = map[string]string{
	"opened":                    "record.opened",
	"code":                      "record.code.unsent",
	"code/carried":              "record.code.sent",
	"code/carried/phone":        "record.code.texted",
	"code/too_late":             "record.code.late",
	"code/refused":              "record.code.refused",
	"code/refused/phone":        "record.code.refused_phone",
	"code/withheld":             "record.code.withheld",
	"code/unsure":               "record.code.unsure",
	"entered":                   "record.entered.wrong",
	"entered/proved":            "record.entered.proved",
	"entered/one_more":          "record.entered.one_more",
	"entered/run_out":           "record.entered.late",
	"entered/tries_used":        "record.entered.over",
	"link":                      "record.link.dead",
	"link/proved":               "record.link.proved",
	"link/one_more":             "record.link.proved",
	"answered":                  "record.answered.missed",
	"answered/proved":           "record.answered.proved",
	"answered/one_more":         "record.answered.one_more",
	"answered/tries_used":       "record.answered.over",
	"answered//saved":           "record.saved_code.missed",
	"answered/proved/saved":     "record.saved_code.proved",
	"answered/one_more/saved":   "record.saved_code.one_more",
	"answered/tries_used/saved": "record.saved_code.over",
	"password":                  "record.password.set",
	"password/code/phone":       "record.password.by_phone",
	"password/link":             "record.password.by_link",
	"password/answers":          "record.password.by_answers",
	"password/saved":            "record.password.by_saved",
	"stopped":                   "record.stopped",
	"changed":                   "record.changed",
	"proved":                    "record.proved",
	"added":                     "record.added.email",
	"added//phone":              "record.added.phone",
	"removed":                   "record.removed.email",
	"removed//phone":            "record.removed.phone",
	"main":                      "record.main.email",
	"main//phone":               "record.main.phone",
	"questions":                 "record.questions",
	"saved":                     "record.saved",
	"locale":                    "record.locale",
	"notice":                    "record.notice.unsent",
	"notice/carried":            "record.notice.sent",
	"notice/withheld":           "record.notice.withheld",
	"sign_in":                   "record.sign_in.wrong",
	"sign_in/right":             "record.sign_in.right",
	"sign_out":                  "record.sign_out",
	"ended":                     "record.ended.single",
	"ended/others":              "record.ended.others",
}

// Text names the text of the record.
func (r Record) Text() string {
	for _, name := range [...]string{r.Event + "/" + r.Outcome + "/" + r.Way, r.Event + "/" + r.Outcome, r.Event + "//" + r.Way, r.Event} {
		if key, ok := recorded[name]; ok {
			return key
		}
	}
	return "record.unknown"
}
