// Command shopstream copies the data of e-commerce sellers from Shopee, TikTok Shop and Lazada into MongoDB, through Kafka.
package main

func main() {}
