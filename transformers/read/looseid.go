package read

// LooseID reads an id that may be a text or a number, as its text. An empty text and 0 are absence: platforms write them
// where there is none.
func (r *Object) LooseID(name string) string {
	e, ok := r.Value()
	if !ok {
		return ""
	}
	id, ok := ParseLooseID(e.Raw)
	if !ok {
		r.Wrong(name, e, "want an id")
	}
	return id
}

// ParseLooseID returns what LooseID does, and false when raw is no id.
func ParseLooseID(raw []byte) (string, bool) {
	if string(raw) == `""` {
		return "", true
	}
	id, ok := "", false
	if raw[0] == '"' {
		id, ok = TextID(raw)
	} else {
		id, ok = ParseID(raw)
	}
	if id == "0" {
		id = ""
	}
	return id, ok
}
