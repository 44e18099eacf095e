package read

import (
	"bytes"

	"github.com/shopstream/shopstream/internal/jsonscan"
)

// First reads the first object of the list to come with read, once for each member. What read keeps stays under name as the
// list's first element, the other elements behind it as they are; nothing stays of a list whose only object was read wholly.
func (r *Object) First(name string, read func(in *Object, key string)) {
	e, ok := r.Value()
	if !ok {
		return
	}
	if e.Raw[0] != '[' {
		r.Wrong(name, e, "want a list")
		return
	}
	list := Elements(jsonscan.New(e.Raw))
	if len(list) == 0 {
		return
	}
	if list[0].Raw[0] != '{' {
		r.Bad.Add(r.Prefix+name+"[0]", "want an object")
		r.KeepElement(name, e)
		return
	}
	in := NewObject(list[0].Raw, r.Prefix+name+"[0].", r.Bad)
	for key := range in.Scan.Object() {
		read(in, string(key))
	}
	first := in.Rest.Fields()
	if len(first) == 0 && len(list) == 1 {
		return
	}
	kept := [][]byte{first}
	if len(first) == 0 {
		kept[0] = []byte("{}")
	}
	for _, other := range list[1:] {
		kept = append(kept, other.Raw)
	}
	text := append([]byte("["), bytes.Join(kept, []byte(","))...)
	r.KeepElement(name, Element{append(text, ']'), e.Depth})
}
