"""Exports of monitoring tools as the measurements that a fit takes."""
