# Writes a small portfolio into the folder supply/ of the current folder. Figures are made up.
mkdir -p supply
cat > supply/firms.csv <<'END'
firm_id,name,country,sector,revenue_eur,purchases_eur,ebitda_eur,interest_eur
A1,Staalbouw,NL,C25,10000000,6000000,1000000,100000
B2,Plastics,DE,C22,5000000,3000000,400000,
C3,"Cars, parts",NL,C29,20000000,15000000,-50000,200000
END
cat > supply/sales.csv <<'END'
firm_id,hs,destination,value_eur,customer_id
A1,7326908688,US,3000000,
A1,7326.90.86.88,DE,2000000,C3
B2,3926909989,US,1500000,
C3,8703230190,US,4000000,
C3,8708.99.81.80,GB,1000000,
END
cat > supply/purchases.csv <<'END'
firm_id,hs,origin,value_eur
A1,7208,CN,500000
B2,3901.10,US,700000
C3,870899,JP,2000000
END
