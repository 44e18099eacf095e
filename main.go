// Command shopstream copies the data of e-commerce sellers from Shopee, TikTok Shop and Lazada into MongoDB, through Kafka.
package main

import (
	"context"
	"os"

	"github.com/shopstream/shopstream/internal/cli"
)

func main() {
	os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
