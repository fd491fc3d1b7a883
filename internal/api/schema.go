package api

import (
	"encoding/json"
	"reflect"
	"strconv"
	"time"

	"twohens/internal/recovery"
)

// The types of members that are no plain text or number.
var (
	typeTime    = reflect.TypeFor[time.Time]()
	typeState   = reflect.TypeFor[recovery.State]()
	typeWay     = reflect.TypeFor[recovery.Way]()
	typeOutcome = reflect.TypeFor[recovery.Outcome]()
	typeView    = reflect.TypeFor[view]()
)

// stateNames are the states that a request can be seen in.
func stateNames() []string {
	var names []string
	for _, s := range recovery.States {
		if s != recovery.Start { // nobody has a request yet
			names = append(names, string(s))
		}
	}
	return names
}

// wayNames are the ways that there are, switched on or not.
func wayNames() []string {
	return []string{recovery.WayEmail.String(), recovery.WayPhone.String(), recovery.WayQuestions.String(), recovery.WaySaved.String()}
}

func outcomeNames(outcomes []recovery.Outcome) []string {
	var names []string
	for _, o := range outcomes {
		names = append(names, string(o))
	}
	return names
}

// schemas makes JSON Schemas (2020-12, as OpenAPI 3.1 has them) of Go types, and examples of them.
type schemas struct {
	outcomes []recovery.Outcome // that a member of that type may have; the first one is the example
	state    recovery.State     // of the example of a view
}

// of is the schema of a type. The view is a component of the document, since most answers hold one.
func (s schemas) of(t reflect.Type) object {
	switch t {
	case typeTime:
		return object{{"type", "string"}, {"format", "date-time"}}
	case typeState:
		return object{{"type", "string"}, {"enum", stateNames()}}
	case typeWay:
		return object{{"type", "string"}, {"enum", wayNames()}}
	case typeOutcome:
		return object{{"type", "string"}, {"enum", outcomeNames(s.outcomes)}}
	case typeView:
		return object{{"$ref", "#/components/schemas/View"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Struct:
		return s.object(t)
	case reflect.Slice:
		return object{{"type", "array"}, {"items", s.of(t.Elem())}}
	case reflect.Int:
		return object{{"type", "integer"}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.String:
		return object{{"type", "string"}}
	}
	panic("api: no schema for a " + t.String())
}

// object is the schema of a struct: exactly its members, no others.
func (s schemas) object(t reflect.Type) object {
	var properties object
	var required []string
	for _, f := range fieldsOf(t) {
		schema := s.of(f.of).add("pattern", f.pattern).add("format", f.format)
		properties = append(properties, member{f.name, schema.add("description", f.doc)})
		if !f.optional {
			required = append(required, f.name)
		}
	}
	return object{{"type", "object"}}.add("properties", properties).add("required", required).add("additionalProperties", false)
}

// example is an example of a struct, made of those of its members. Optional members without one are left out, and from the view
// of somebody who has chosen nothing yet all of them.
func (s schemas) example(t reflect.Type) object {
	var out object
	for _, f := range fieldsOf(t) {
		if t == typeView && f.optional && s.state == recovery.Choosing {
			continue
		}
		if value := s.exampleOf(f.of, f.example); value != nil {
			out = append(out, member{f.name, value})
		}
	}
	return out
}

func (s schemas) exampleOf(t reflect.Type, text string) any {
	switch {
	case t.Kind() == reflect.Struct && t != typeTime:
		return s.example(t)
	case t == typeOutcome:
		return string(s.outcomes[0])
	case t == typeState:
		return string(s.state)
	case t.Kind() == reflect.Bool:
		return text == "true"
	case text == "":
		return nil // an optional object or list too
	case t == reflect.TypeFor[[]int]():
		var list []int
		if json.Unmarshal([]byte(text), &list) != nil {
			panic("api: an example that is no list: " + text)
		}
		return list
	case t.Kind() == reflect.Slice:
		return []string{text}
	case t.Kind() == reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			panic("api: an example that is no number: " + text)
		}
		return n
	}
	return text
}
