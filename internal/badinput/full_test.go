package badinput

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFullDisk gives what a verb prints no room: it must say so and fail, since whoever reads the file would take it for all
// there is.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	in := setup(t)
	in.write("shops.yaml", "shops:"+goodShop)
	for _, args := range [][]string{{"version"}, {"config"}, {"topics", "apply"}, {"status"}, {"shops", "list"}, {"dlq", "list"}} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		require.NoError(t, err)
		cmd := in.command(t.Context(), args...)
		var stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &stderr
		var exit *exec.ExitError
		assert.ErrorAs(t, cmd.Run(), &exit, "%v", args)
		assertLine(t, outcome{stderr: stderr.String()}, "no space left on device")
		require.NoError(t, full.Close())
	}
}
