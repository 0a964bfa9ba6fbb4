// A Bluesky server (PDS) with its directory (PLC), in memory; prints its address once it listens.
const { TestNetworkNoAppView } = require('@atproto/dev-env')

async function main() {
  const network = await TestNetworkNoAppView.create({ pds: { rateLimitsEnabled: false } })
  console.log(network.pds.url)
  const end = async () => {
    await network.close()
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.stdin.on('end', end).resume() // closed when whoever started it ends, however it ends
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
