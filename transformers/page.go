package transformers

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/internal/jsonscan"
	"github.com/shopstream/shopstream/schemas"
)

// maxFetchedAt is what a version has digits for.
const maxFetchedAt = 9_999_999_999_999

// decodePage reads a raw record's value. The bodies are parts of it. It does what encoding/json would do with a page,
// except that a member in another letter case is not taken for ours, and that it reads the bodies, which are nearly all of
// the text, once instead of twice.
func decodePage(value []byte) (*schemas.Page, error) {
	page := &schemas.Page{}
	s := jsonscan.New(value)
	var err error
	for key := range s.Object() {
		switch string(key) {
		case "task_id":
			page.TaskID, err = text(s, "task_id", err)
		case "region":
			page.Region, err = text(s, "region", err)
		case "ids":
			page.IDs, err = texts(s, "ids", err)
		case "parts":
			page.Parts = nil
			if s.Next() == 'n' {
				continue
			}
			for i := range s.Array() {
				part, partErr := decodePart(s, i)
				if err == nil {
					err = partErr
				}
				page.Parts = append(page.Parts, part)
			}
		}
	}
	if end := s.End(); end != nil {
		return nil, fmt.Errorf("decode page: %w", end)
	}
	if err != nil {
		return nil, fmt.Errorf("decode page: %w", err)
	}
	return page, nil
}

func decodePart(s *jsonscan.Scanner, i int) (part schemas.PagePart, err error) {
	if s.Next() != '{' {
		return part, fmt.Errorf("parts[%d] is not an object", i)
	}
	for key := range s.Object() {
		switch string(key) {
		case "path":
			part.Path, err = text(s, "path", err)
		case "fetched_at":
			part.FetchedAt, err = fetchedAt(s.Value(), err)
		case "body":
			part.Body = s.Value()
		}
	}
	switch {
	case s.Err() != nil:
		return part, nil // said by the caller
	case err != nil:
		return part, fmt.Errorf("parts[%d]: %w", i, err)
	case part.Body == nil:
		return part, fmt.Errorf("parts[%d] has no body", i)
	case part.FetchedAt <= 0:
		return part, fmt.Errorf("parts[%d] has no fetched_at", i)
	}
	return part, nil
}

func text(s *jsonscan.Scanner, name string, before error) (string, error) {
	v, ok := jsonscan.Text(s.Value())
	if !ok && before == nil {
		return "", fmt.Errorf("%s is not a string", name)
	}
	return v, before
}

func texts(s *jsonscan.Scanner, name string, before error) (all []string, err error) {
	if s.Next() != '[' {
		s.Value()
		return nil, errors.Join(before, fmt.Errorf("%s is not a list", name))
	}
	err = before
	for range s.Array() {
		var v string
		v, err = text(s, name, err)
		all = append(all, v)
	}
	return all, err
}

func fetchedAt(raw []byte, before error) (int64, error) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if before == nil && (err != nil || n <= 0 || n > maxFetchedAt) {
		return 0, errors.New("fetched_at is not a time in unix milliseconds")
	}
	return n, before
}

// origin reads the headers. The ones that say what the page is must be there.
func (p *Processor) origin(r *kgo.Record) (Origin, error) {
	o := Origin{
		PlanID:    schemas.Header(r, schemas.HeaderPlanID),
		ChunkID:   schemas.Header(r, schemas.HeaderChunkID),
		TaskID:    schemas.Header(r, schemas.HeaderTaskID),
		Platform:  schemas.Header(r, schemas.HeaderPlatform),
		ChannelID: schemas.Header(r, schemas.HeaderChannel),
		ShopID:    schemas.Header(r, schemas.HeaderShop),
		Kind:      schemas.Header(r, schemas.HeaderKind),
		Op:        schemas.Header(r, schemas.HeaderOp),
		Zone:      p.zone,
	}
	for _, h := range []struct{ name, value string }{
		{schemas.HeaderChunkID, o.ChunkID},
		{schemas.HeaderTaskID, o.TaskID},
		{schemas.HeaderPlatform, o.Platform},
		{schemas.HeaderChannel, o.ChannelID},
		{schemas.HeaderShop, o.ShopID},
		{schemas.HeaderKind, o.Kind},
		{schemas.HeaderOp, o.Op},
	} {
		if h.value == "" {
			return o, fmt.Errorf("header %s is missing", h.name)
		}
	}
	return o, nil
}

// errNewer says that a record was written by a later version of the program.
var errNewer = errors.New("newer schema")

// checkSchema compares a schema header such as page/2 with the one that this version reads.
func checkSchema(got, known string) error {
	knownName, knownN, err := splitSchema(known)
	if err != nil {
		return err
	}
	name, n, err := splitSchema(got)
	switch {
	case err != nil:
		return err
	case name != knownName:
		return fmt.Errorf("schema is %.40q, not %s", name, knownName)
	case n > knownN:
		return fmt.Errorf("%w: %s/%d, this version reads up to %s", errNewer, name, n, known)
	}
	return nil
}

func splitSchema(s string) (name string, n int, err error) {
	name, number, _ := strings.Cut(s, "/")
	if n, err = strconv.Atoi(number); err != nil || n < 1 {
		return "", 0, fmt.Errorf("schema header %.40q is not <name>/<N>", s)
	}
	return name, n, nil
}
