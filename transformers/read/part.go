package read

import (
	"encoding/json"
	"strconv"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// Part reads the object e, the value of member name, with read, which scans all members of in; what it keeps stays together
// under name. Unlike Inside it leaves read room to choose between members when all are known.
func (r *Object) Part(name string, e Element, read func(in *Object)) {
	switch {
	case len(e.Raw) == 0 || e.Raw[0] == 'n':
	case e.Raw[0] != '{':
		r.Wrong(name, e, "want an object")
	case e.Depth > MaxKept:
		r.KeepElement(name, e)
	default:
		in := NewObject(e.Raw, r.Prefix+name+".", r.Bad)
		read(in)
		r.Rest.Delete(name)
		if kept := in.Rest.Fields(); len(kept) > 0 {
			r.Rest.Set(name, json.RawMessage(kept))
		}
	}
}

// Parts reads the objects of the list to come with read, as Part does; what it keeps of them stays in a list under name, each
// at its place, unless nothing is kept of any. When an element is no object, the list is kept whole and nothing is read.
func (r *Object) Parts(name string, read func(in *Object)) {
	e, ok := r.Value()
	switch {
	case !ok:
		return
	case e.Raw[0] != '[':
		r.Wrong(name, e, "want a list")
		return
	case e.Depth > MaxKept:
		r.KeepElement(name, e)
		return
	}
	rows := Elements(jsonscan.New(e.Raw))
	for i, row := range rows {
		if row.Raw[0] != '{' {
			r.Bad.Add(r.Prefix+name+"["+strconv.Itoa(i)+"]", "want an object")
			r.KeepElement(name, e)
			return
		}
	}
	list, keeps := make([]byte, 0, len(e.Raw)), false
	for i, row := range rows {
		in := NewObject(row.Raw, r.Prefix+name+"["+strconv.Itoa(i)+"].", r.Bad)
		read(in)
		kept := in.Rest.Fields()
		if len(kept) == 0 {
			kept = []byte("{}")
		} else {
			keeps = true
		}
		list = append(append(list, ','), kept...)
	}
	r.Rest.Delete(name)
	if keeps {
		list[0] = '['
		r.Rest.Set(name, append(list, ']'))
	}
}
