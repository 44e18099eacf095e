package tiktok

import (
	_ "embed" // the file beside
	"sync"

	"github.com/shopstream/shopstream/transformers"
)

//go:embed fields.json
var fieldsFile []byte

// fields returns what fields.json has, which the suite compares with the samples.
var fields = sync.OnceValue(func() transformers.Fields { return transformers.ParseFields(fieldsFile) })
