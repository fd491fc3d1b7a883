package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"twohens/scratch"
)

// The security schemes of the document: the three secrets that a call may carry.
const (
	schemeKey     = "key"
	schemeRequest = "request"
	schemeGrant   = "grant"
)

// documents are what the API says about itself, made once.
type documents struct {
	json, yaml, page []byte
}

// describe makes the documents of the calls.
func describe(calls []operation, origin, site string) documents {
	o := openAPI(calls, origin)
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		panic(err) // made of nothing but texts, numbers and lists
	}
	return documents{json: append(text, '\n'), yaml: o.yaml(), page: docsPage(calls, origin, site)}
}

func (a *api) openapiJSON(w http.ResponseWriter, _ *http.Request) error {
	return a.documents.serve(w, "application/json", a.documents.json)
}

func (a *api) openapiYAML(w http.ResponseWriter, _ *http.Request) error {
	return a.documents.serve(w, "application/yaml", a.documents.yaml)
}

func (documents) serve(w http.ResponseWriter, contentType string, text []byte) error {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, err := w.Write(text)
	if err != nil {
		panic(http.ErrAbortHandler) // the caller is gone
	}
	return nil
}

const about = "Account recovery for sites with their own pages. Open a request for an e-mail address, let the person choose a way, " +
	"send the code, take the code, set the new password.\n\n" +
	"An API key lets a site's back end open requests without a challenge. Further calls carry the request's secret in a header. " +
	"What a person does wrong is an outcome with status 200; a problem (RFC 9457) is for the calling program. " +
	"No answer tells whether an address is registered."

// openAPI is the OpenAPI 3.1 document of the calls.
func openAPI(calls []operation, origin string) object {
	var paths object
	for _, o := range calls {
		method := member{lower(o.method), o.openAPI()}
		if i := slices.IndexFunc(paths, func(m member) bool { return m.name == o.path }); i >= 0 {
			paths[i].value = append(paths[i].value.(object), method)
			continue
		}
		paths = append(paths, member{o.path, object{method}})
	}
	return object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "Twohens"}, {"version", "1"}, {"description", about},
			{"license", object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
		}},
		{"servers", []object{{{"url", origin + Prefix}}}},
		{"paths", paths},
		{"components", object{
			{"schemas", object{
				{"View", schemas{}.object(typeView)},
				{"Problem", problemSchema()},
			}},
			{"securitySchemes", object{
				{schemeKey, object{{"type", "http"}, {"scheme", "bearer"}, {"description", "The API key of a site's back end."}}},
				{schemeRequest, object{{"type", "apiKey"}, {"in", "header"}, {"name", headerRequest}, {"description", "The secret that opening a request gave."}}},
				{schemeGrant, object{{"type", "apiKey"}, {"in", "header"}, {"name", headerGrant}, {"description", "The grant that the right code gave."}}},
			}},
		}},
	}
}

func lower(method string) string {
	if method == http.MethodGet {
		return "get"
	}
	return "post"
}

// problemSchema lists the types there are, so that a generated client has them as constants.
func problemSchema() object {
	schema := schemas{}.object(reflect.TypeFor[problem]())
	var uris []string
	for _, k := range kindsOfCalls {
		uris = append(uris, k.URI())
	}
	properties := schema[1].value.(object)
	properties[0].value = object{{"type", "string"}, {"format", "uri-reference"}, {"enum", uris}, {"description", "Which kind of problem: compare this, not the words."}}
	return schema
}

// openAPI is the call's part of the document.
func (o operation) openAPI() object {
	out := object{{"operationId", o.id}, {"summary", o.summary}}.add("description", o.text)
	security := []object{}
	for _, together := range o.under {
		schemes := object{}
		for _, scheme := range together {
			schemes = append(schemes, member{scheme, []string{}})
		}
		security = append(security, schemes)
	}
	out = append(out, member{"security", security})
	card := object{{"name", "card"}, {"in", "query"}, {"required", true}, {"description", "The sealed card."}, {"schema", object{{"type", "string"}}}}
	switch o.id {
	case "picture":
		out = append(out, member{"parameters", []object{
			{{"name", "picture"}, {"in", "path"}, {"required", true}, {"schema", object{{"type", "string"}, {"enum", pictureNames()}}}}, card,
		}})
	case "call":
		out = append(out, member{"parameters", []object{
			{{"name", "n"}, {"in", "path"}, {"required", true}, {"schema", object{{"type", "integer"}, {"minimum", 1}, {"maximum", scratch.Calls}}}}, card,
			{{"name", "slow"}, {"in", "query"}, {"description", "There, with or without a value: at a slower pace."}, {"schema", object{{"type", "string"}}}},
		}})
	}
	if o.takesBody() {
		out = append(out, member{"requestBody", object{
			{"required", true},
			{"content", content("application/json", schemas{}.of(o.in), schemas{}.example(o.in))},
		}})
	}
	return append(out, member{"responses", o.responses()})
}

func pictureNames() []string {
	var names []string
	for name := range pictures {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func content(contentType string, schema, example object) object {
	return object{{contentType, object{}.add("schema", schema).add("example", example)}}
}

// responses are the call's answers by their status.
func (o operation) responses() object {
	answer := object{{"description", "Done."}}
	if told := (schemas{o.outcomes, o.state}); o.out != nil {
		answer = append(answer, member{"content", content("application/json", told.of(o.out), told.example(o.out))})
	} else {
		answer = append(answer, member{"content", object{{o.contentType, object{}}}})
	}
	out := object{{strconv.Itoa(o.success()), answer}}
	byStatus := map[int][]kind{}
	for _, k := range o.allProblems() {
		byStatus[k.Status] = append(byStatus[k.Status], k)
	}
	for status := range 600 {
		kinds := byStatus[status]
		if len(kinds) == 0 {
			continue
		}
		titles := ""
		for _, k := range kinds {
			titles += "- `" + k.URI() + "`: " + k.Title + ".\n"
		}
		response := object{{"description", titles}}
		if status == limited.Status || status == busy.Status {
			response = append(response, member{"headers", object{{"Retry-After", object{
				{"description", "Seconds."}, {"schema", object{{"type", "integer"}}},
			}}}})
		}
		ref := object{{"$ref", "#/components/schemas/Problem"}}
		out = append(out, member{strconv.Itoa(status), append(response, member{"content", content("application/problem+json", ref, nil)})})
	}
	return out
}
